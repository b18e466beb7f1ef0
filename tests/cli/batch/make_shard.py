"""Makes an archive: FORMAT (gnu, pax or ustar) ARCHIVE MEMBER[=FILE]...
MEMBER@link is a symbolic link, @hard a hard link, @device a device; a % is the byte 0xE9."""
import io
import sys
import tarfile

FORMATS = {"gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT, "ustar": tarfile.USTAR_FORMAT}
KINDS = {"link": tarfile.SYMTYPE, "hard": tarfile.LNKTYPE, "device": tarfile.CHRTYPE}

with tarfile.open(sys.argv[2], "w", format=FORMATS[sys.argv[1]]) as archive:
    for word in sys.argv[3:]:
        name, _, path = word.partition("=")
        name, _, kind = name.partition("@")
        member = tarfile.TarInfo(name.replace("%", "\udce9"))
        member.mtime, member.uid, member.mode = 1e9, 1000, 0o600
        data = b""
        if kind:
            member.type, member.linkname = KINDS[kind], "/etc/passwd"
        else:
            with open(path, "rb") as file:
                data = file.read()
        member.size = len(data)
        archive.addfile(member, io.BytesIO(data))
