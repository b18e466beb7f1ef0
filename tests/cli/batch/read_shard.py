"""Reads shards as the documentation of WebDataset describes them: consecutive members with one key,
the path up to the first dot of its last part, are a sample; the rest of the name is the field.
Prints a line a sample: key, then field=size of what is no picture, or field=WIDTHxHEIGHT."""
import io
import json
import re
import sys
import tarfile

from PIL import Image


def samples(path):
    current = None
    for member in tarfile.open(path):
        match = re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", member.name)
        if not member.isreg() or not match:
            continue
        key, field = match.groups()
        if current is None or current["__key__"] != key:
            if current is not None:
                yield current
            current = {"__key__": key}
        assert field not in current, "twice in a sample: " + member.name
        assert (member.uid, member.gid, member.mtime, member.mode) == (0, 0, 0, 0o644), member.name
        current[field] = data_of(path, member)
    if current is not None:
        yield current


def data_of(path, member):
    with open(path, "rb") as file:
        file.seek(member.offset_data)
        return file.read(member.size)


for shard in sys.argv[1:]:
    for sample in samples(shard):
        words = [sample.pop("__key__")]
        for field, data in sample.items():
            if field.endswith("png"):
                image = Image.open(io.BytesIO(data))
                image.load()
                words.append("%s=%dx%d" % (field, *image.size))
            elif field.endswith("qsample.json"):
                record = json.loads(data)
                words.append("%s=t%d" % (field, record["t"]))
            else:
                words.append("%s=%d" % (field, len(data)))
        print(" ".join(words))
