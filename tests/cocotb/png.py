"""PNG of 8-bit samples, as much as the test needs: writes RGB, reads grey (no packages beside the standard library)."""

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def write_rgb(path, width, height, pixels):
    """`pixels`: (r, g, b) in raster order."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = [
        b"\0" + bytes(sample for pixel in pixels[y * width : (y + 1) * width] for sample in pixel)
        for y in range(height)
    ]
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(SIGNATURE + chunk(b"IHDR", header))
        file.write(chunk(b"IDAT", zlib.compress(b"".join(rows))) + chunk(b"IEND", b""))


def read_grey(path):
    """Rows of an 8-bit greyscale image."""
    with open(path, "rb") as file:
        data = file.read()
    assert data.startswith(SIGNATURE), f"{path} is no PNG"
    at, body, width, height = len(SIGNATURE), b"", 0, 0
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + size]
        at += 12 + size
        if kind == b"IHDR":
            width, height, *rest = struct.unpack(">IIBBBBB", chunk)
            assert rest == [8, 0, 0, 0, 0], f"{path} is not 8-bit grey"
        elif kind == b"IDAT":
            body += chunk
    raw, rows, above = zlib.decompress(body), [], bytes(width)
    for y in range(height):
        row, kind = bytearray(raw[y * (width + 1) + 1 : (y + 1) * (width + 1)]), raw[y * (width + 1)]
        for x in range(width):
            left, up, corner = (row[x - 1] if x else 0), above[x], (above[x - 1] if x else 0)
            nearest = min((left, up, corner), key=lambda v: abs(left + up - corner - v))
            row[x] = (row[x] + (0, left, up, (left + up) // 2, nearest)[kind]) & 255
        rows.append(list(row))
        above = row
    return rows
