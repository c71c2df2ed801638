"""The pure-Python engine: complete, readable, without a compiler; each part is imported when it is first used.

What Python sees of an engine is declared in `engine/protocol.py`; nothing here is imported from above `engine/`.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from hydrargyrum.engine.exchanging import StreamDecoder
    from hydrargyrum.engine.protocol import Engine, EngineRepository, ProgressCallback
    from hydrargyrum.types import EngineSettings


class PureEngine:
    """The engine of `HYG_ENGINE=pure`."""

    __slots__ = ()

    @property
    def name(self) -> Literal["native", "pure"]:
        return "pure"

    @property
    def compressions(self) -> tuple[str, ...]:
        from hydrargyrum.engine.pure.store.compress import available

        return available()

    def zstd_decoder(self) -> StreamDecoder:
        from hydrargyrum.engine.pure.zstd_streams import decoder

        return decoder()

    def bzip2_decoder(self) -> StreamDecoder:
        from hydrargyrum.engine.pure.bzip2_streams import Bzip2Decoder

        return Bzip2Decoder()

    def open(
        self, root: str, settings: EngineSettings, progress: ProgressCallback | None = None
    ) -> EngineRepository:
        from hydrargyrum.engine.pure.repository import PureRepository

        return PureRepository(root, settings, progress)


ENGINE: Engine = PureEngine()
