"""Files of rows as lines of JSON: CSV and Parquet."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import msgspec

from memdb.errors import ExtraMissing, InvalidInput

# The fields written as JSON if a column holds texts.
_JSON: Final = frozenset({"embedding", "labels", "confidence", "tags", "metadata"})
_ROWS: Final = 500
_LONGEST_FIELD: Final = 1 << 24


def is_table(path: str) -> bool:
    """Whether it is a file of rows, whose lines differ in length from what is read of the file."""
    return Path(path).suffix.lower() in _TABLES


def lines(path: str, file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers, from 1 as in editors; of .csv and .parquet the rows, each as a line of JSON.

    Empty and null fields are left out. Raises ExtraMissing.
    """
    return _TABLES.get(Path(path).suffix.lower(), _of_text)(file)


def _of_text(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The lines without the byte order mark with which some programs begin a file."""
    return ((number, line.removeprefix(codecs.BOM_UTF8) if number == 1 else line) for number, line in enumerate(file, 1))


def _of_csv(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    csv.field_size_limit(_LONGEST_FIELD)
    text = io.TextIOWrapper(file, "utf-8-sig", newline="")
    reader = csv.DictReader(text, restkey="")
    try:
        for row in reader:
            yield reader.line_num, _line(row)
    except (UnicodeDecodeError, csv.Error) as error:
        raise InvalidInput("FILE", f"must be CSV in UTF-8: after line {reader.line_num}: {error}") from error
    finally:
        text.detach()


def _of_parquet(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError as error:
        raise ExtraMissing("reading Parquet", "parquet") from error
    try:
        rows = (row for batch in parquet.ParquetFile(file).iter_batches(_ROWS) for row in batch.to_pylist())
        yield from ((number, _line(row)) for number, row in enumerate(rows, 1))
    except ArrowInvalid as error:
        raise InvalidInput("FILE", f"must be Parquet: {error}") from error


def _line(row: Mapping[str, Any]) -> bytes:
    """A row of CSV with more fields than columns has a list under the name '', which no line may have."""
    return msgspec.json.encode({name: _value(name, value) for name, value in row.items() if value is not None and value != ""})


def _value(name: str, value: Any) -> Any:
    """Some programs that write Parquet, such as fastparquet, write lists and objects as JSON texts."""
    if name not in _JSON or not isinstance(value, str):
        return value
    try:
        return msgspec.json.decode(value, type=msgspec.Raw)
    except msgspec.DecodeError:
        # As a text, it is refused where the line is read, by the column's name.
        return value


_TABLES: Final = {".csv": _of_csv, ".parquet": _of_parquet}
