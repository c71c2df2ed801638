"""Finds, imports and sets up the extensions that section `extensions` enables.

What cannot be loaded is reported and left out. What a loaded one declares is made active by `registry`.
"""

from __future__ import annotations

from hydrargyrum import errors
from hydrargyrum.config import values
from hydrargyrum.extension.registry import LoadedExtension

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

    from hydrargyrum.extension.registry import Registry
    from hydrargyrum.ui import Ui

#: Distributions name their extensions in this group of entry points.
ENTRY_POINT_GROUP = "hydrargyrum.extensions"
#: Once extensions, now always there; enabling them is allowed and does nothing.
BUILT_IN = frozenset(
    ("hbisect", "bookmarks", "color", "parentrevspec", "progress", "interhg", "inotify", "hgcia", "shelve")
)
#: Prefix of the modules that are loaded by path.
MODULE_PREFIX = "hydrargyrum_extension_"


def load_all(registry: Registry, ui: Ui) -> None:
    """Load every enabled extension, then set them up in two rounds.

    An extension may define `setup(registry)`, called when it is loaded with all that was declared before it,
    `finish_setup(registry)`, called when all are loaded, and `setup_repository(repository, context)`, called for
    each repository that is opened.

    Raises:
        Abort: an extension that is `required` cannot be loaded.
    """
    loaded: list[LoadedExtension] = []
    for name, value in ui.config.section("extensions", suboptions=False):
        if value.text.startswith("!"):
            continue
        short = name[6:] if name.startswith(("hgext.", "hgext/")) else name
        if short in BUILT_IN or any(short == other.name for other in loaded):
            continue
        extension = _load(short, name, value.text, ui)
        if extension is not None and _adopt(registry, extension, ui):
            loaded.append(extension)
    for extension in loaded:
        if not _call(extension, "finish_setup", registry, ui):
            continue
        registry.extensions.append(extension)
        function = getattr(extension.module, "setup_repository", None)
        if function is not None:
            registry.on_repository(extension.name, function)


def import_extension(name: str, path: str) -> tuple[ModuleType, bool]:
    """The module of an extension, and whether it is shipped with hydrargyrum.

    Args:
        name: its name.
        path: of a file or a package directory, or "" to look for the name: shipped ones, modules, entry points.

    Raises:
        Exception: whatever importing it raises.
    """
    if path:
        return _import_path(name.removeprefix("hgext."), path), False
    shipped = f"hydrargyrum.ext.{name.removeprefix('hgext.')}"
    try:
        return _import_module(shipped), True
    except ModuleNotFoundError as problem:
        if not shipped.startswith(f"{problem.name}"):
            raise
    if name.startswith("hgext."):
        raise ModuleNotFoundError(f"No module named '{name}'")
    try:
        return _import_module(name), False
    except ModuleNotFoundError as problem:
        if problem.name is None or not f"{name}.".startswith(f"{problem.name}."):
            raise
        module = _import_entry_point(name)
        if module is None:
            raise
        return module, False


def _import_path(name: str, path: str) -> ModuleType:
    import os
    import sys
    from importlib import util

    from hydrargyrum.config.parse import expand_path
    from hydrargyrum.extension.declarations import forget_declarations

    path = os.path.normpath(expand_path(path))
    module_name = MODULE_PREFIX + name.replace(".", "_").replace("/", "_")
    if os.path.isdir(path):
        file = os.path.join(path, "__init__.py")
        if not os.path.isfile(file):
            raise ModuleNotFoundError(f"No module named '{os.path.basename(path)}'")
        spec = util.spec_from_file_location(module_name, file, submodule_search_locations=[path])
    else:
        from importlib.machinery import SourceFileLoader

        loader = SourceFileLoader(module_name, path)
        spec = util.spec_from_file_location(module_name, path, loader=loader)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = util.module_from_spec(spec)
    forget_declarations(module_name)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(module_name, None)
        raise
    return module


def _import_module(name: str) -> ModuleType:
    """Import a module; if it was removed and is executed again, what it declared the first time is forgotten."""
    import importlib
    import sys

    from hydrargyrum.extension.declarations import forget_declarations

    if name not in sys.modules:
        forget_declarations(name)
    return importlib.import_module(name)


def _import_entry_point(name: str) -> ModuleType | None:
    from hydrargyrum.extension.entry_points import find_entry_point

    module = find_entry_point(ENTRY_POINT_GROUP, name)
    return None if module is None else _import_module(module)


def _load(short: str, name: str, path: str, ui: Ui) -> LoadedExtension | None:
    try:
        module, shipped = import_extension(name, path)
    except Exception as problem:
        from hydrargyrum.extension.elsewhere import HARMLESS

        if (
            not path
            and short in HARMLESS
            and isinstance(problem, ModuleNotFoundError)
            and not _is_required(name, ui)
        ):
            return None
        origin = f" from {path}" if path else ""
        text = f'failed to import extension "{name}"{origin}: {problem}'
        if _is_required(name, ui):
            hint = "loading of this extension was required, see `hg help config.extensions` for details"
            raise errors.Abort(text, hint=hint) from problem
        ui.warn(f"*** {text}\n")
        _trace(ui)
        return None
    return LoadedExtension(short, module, shipped)


def _adopt(registry: Registry, extension: LoadedExtension, ui: Ui) -> bool:
    from hydrargyrum.extension.declarations import declarations_of

    module_name = str(getattr(extension.module, "__name__", ""))
    try:
        replaced = registry.adopt(extension.name, declarations_of(module_name))
    except errors.HgError as problem:
        ui.warn(f"*** failed to set up extension {extension.name}: {problem}\n")
        return False
    if replaced:
        ui.warn(f"extension '{extension.name}' overrides commands: {' '.join(replaced)}\n")
    return _call(extension, "setup", registry, ui)


def _call(extension: LoadedExtension, function_name: str, registry: Registry, ui: Ui) -> bool:
    function = getattr(extension.module, function_name, None)
    if function is None:
        return True
    try:
        function(registry)
    except Exception as problem:
        ui.warn(f"*** failed to set up extension {extension.name}: {problem}\n")
        _trace(ui)
        return False
    return True


def _is_required(name: str, ui: Ui) -> bool:
    options = ui.config.sub_options("extensions", "*")
    options.update(ui.config.sub_options("extensions", name))
    return bool(values.parse_boolean(options.get("required", "no")))


def _trace(ui: Ui) -> None:
    if ui.tracebacks or ui.debugging:
        ui.print_traceback()


def shipped_extensions() -> dict[str, object]:
    """The modules of shipped extensions by name, imported and not enabled by that."""
    import importlib
    import pkgutil

    shipped = importlib.import_module("hydrargyrum.ext")
    names = sorted(found.name for found in pkgutil.iter_modules(shipped.__path__) if found.name[0] != "_")
    return {name: importlib.import_module(f"{shipped.__name__}.{name}") for name in names}
