"""The parts of docs/benchmarks.md that the benchmarks write themselves."""

import dataclasses
import pathlib

_DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


@dataclasses.dataclass(frozen=True)
class Section:
    """What stands between two lines of the document."""

    begin: str
    end: str

    def write(self, text):
        before, _, rest = _DOCUMENT.read_text().partition(self.begin)
        after = rest.partition(self.end)[2]
        _DOCUMENT.write_text(f"{before}{self.begin}\n\n{text}\n{self.end}{after}")
