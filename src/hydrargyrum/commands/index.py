"""Names of the built-in commands, so that only the module of the one that runs is imported.

A test compares this with what the modules declare. Nothing of a command but its names belongs here.
"""

from __future__ import annotations

#: Module below this package -> (primary name, aliases ...) of the command that it declares.
COMMANDS: dict[str, tuple[str, ...]] = {
    "cat": ("cat",),
    "config": ("config", "showconfig", "debugconfig"),
    "debuginstall": ("debuginstall",),
    "files": ("files",),
    "help": ("help",),
    "paths": ("paths",),
    "root": ("root",),
    "status": ("status", "st"),
    "version": ("version",),
}

#: Commands of the peer that are not there yet. They take part in abbreviations, so that what a short name means
#: does not change when they arrive.
MISSING = (
    "abort add addremove admin::chainsaw-update admin::narrow-client admin::narrow-server admin::verify "
    "annotate|blame archive backout bisect bookmarks|bookmark branch branches bundle clone "
    "commit|ci continue copy|cp diff export forget graft grep heads identify|id import|patch incoming|in init "
    "locate log|history manifest merge outgoing|out parents phase pull purge|clean push recover remove|rm "
    "rename|move|mv resolve revert rollback serve shelve summary|sum tag tags tip unbundle unshelve "
    "update|up|checkout|co verify "
    "debug-delta-find debug-repair-issue6528 debug-revlog-index|debugindex debug-revlog-stats "
    "debug::clonebundle-manifest debug::fast-upgrade debug::file-index debug::revlog-reencoded-delta-info "
    "debug::stable-tail-sort debug::stable-tail-sort-leaps debug::unbundle debugancestor debugantivirusrunning "
    "debugapplystreamclonebundle debugbackupbundle debugbuilddag debugbundle debugcapabilities debugchangedfiles "
    "debugcheckstate debugcolor debugcommands debugcomplete debugcreatestreamclonebundle debugdag debugdata "
    "debugdate debugdeltachain debugdirstateignorepatternshash debugdirstate|debugstate debugdiscovery "
    "debugdownload debugextensions debugfileset debugformat debugfsinfo debuggetbundle debugignore debugindexdot "
    "debugindexstats debugknown debuglabelcomplete debuglocks debugmanifestfulltextcache debugmergestate "
    "debugnamecomplete debugnodemap debugobsolete debugp1copies debugp2copies debugpathcomplete debugpathcopies "
    "debugpeer debugpickmergetool debugpushkey debugpvec debugrebuilddirstate|debugrebuildstate "
    "debugrebuildfncache debugrename debugrequires|debugrequirements debugrevlog debugrevlogindex debugrevspec "
    "debugserve debugsetparents debugshell debugsidedata debugssl debugsub debugsuccessorssets debugtagscache "
    "debugtemplate debuguigetpass debuguiprompt debugupdatecaches debugupgraderepo debugwalk debugwhyunstable "
    "debugwireargs debugwireproto"
)
