"""The files in an archive: zip (so wheel, npz, docx), tar and gzip.

The first and last bytes say whether the data are an archive, so that a picture or a table is not
tried as each kind.
"""

from __future__ import annotations

import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

ZIP_END = b"PK\x05\x06"
ZIP_END_BYTES = 22 + 65_535  # the record at the end of a zip and the longest comment after it
GZIP, BZIP2, XZ = b"\x1f\x8b", b"BZh", b"\xfd7zXZ"
TAR_CHECKSUM = slice(148, 156)
DAMAGE = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError)
LOCKED = (RuntimeError, ValueError)  # a member with a password, or with a header that is none


def members(data: bytes) -> Iterator[tuple[str, bytes]]:
    """(name, content) of each file in `data`; nothing where it is no archive, or is damaged from
    there on."""
    try:
        if ZIP_END in data[-ZIP_END_BYTES:]:
            yield from _zipped(data)
        if _may_be_tar(data):
            yield from _tarred(data)
        if data.startswith(GZIP):
            yield "gzip", gzip.decompress(data)
    except (*DAMAGE, *LOCKED):
        return


def _may_be_tar(data: bytes) -> bool:
    """Is there a compressed file, or the octal checksum that each header of a tar has?"""
    checksum = data[TAR_CHECKSUM].strip(b" \0")
    return data.startswith((GZIP, BZIP2, XZ)) or checksum.isdigit()


def _zipped(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        yield from ((m.filename, archive.read(m)) for m in archive.infolist() if not m.is_dir())


def _tarred(data: bytes) -> Iterator[tuple[str, bytes]]:
    if not tarfile.is_tarfile(io.BytesIO(data)):
        return
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.isfile() else None
            if opened:
                yield member.name, opened.read()
