"""CPU for one 12-megapixel photo, through the sandbox, against Pillow alone: `python -m tests.bench.photo`.

The reference opens, reduces and encodes the same three renditions in this process, with the same
settings, and does nothing else: no checks, no child, no profile, no facts, no hash.
"""

import io
import json
import resource
import sys
import time

import psutil
from PIL import Image

from media.facts import Rendered
from media.sandbox import Sandbox

PHOTOS = 12


def a_phone_photo() -> bytes:
    """4000×3000 with the grain and the size (about 3 MB) of a phone's."""
    shades = [Image.effect_noise((40 + place * 7, 30), 90).resize((4000, 3000)) for place in range(3)]
    grain = Image.effect_noise((4000, 3000), 22)
    picture = Image.merge("RGB", [Image.blend(shade, grain, 0.35) for shade in shades])
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    return buffer.getvalue()


def render_bare(photo: bytes) -> None:
    image = Image.open(io.BytesIO(photo))
    image.draft(None, (1600, 1200))
    large = image.resize((1600, 1200), Image.Resampling.LANCZOS, reducing_gap=2.0)
    middle = large.resize((640, 480), Image.Resampling.LANCZOS, reducing_gap=2.0)
    small = middle.resize((160, 120), Image.Resampling.LANCZOS, reducing_gap=2.0)
    large.save(io.BytesIO(), "JPEG", quality=80, progressive=True)
    middle.save(io.BytesIO(), "WEBP", quality=75, method=4)
    small.save(io.BytesIO(), "WEBP", quality=70, method=4)


def cpu_s(sandbox: Sandbox) -> float:
    """Of this process, the fork server and all its dead children."""
    assert sandbox.server is not None
    return time.process_time() + sum(psutil.Process(sandbox.server.pid).cpu_times()[:4])


def main() -> None:
    sandbox, sandboxed_s, bare_s = Sandbox(), 0.0, 0.0
    sandbox.render(b"")  # started while this process is small: its size would count as the child's
    photo = a_phone_photo()
    render_bare(photo)
    for _ in range(PHOTOS):  # by turns, so that a busy machine is busy for both
        begun = cpu_s(sandbox)
        assert isinstance(sandbox.render(photo), Rendered)
        sandboxed_s += cpu_s(sandbox) - begun
        begun = time.process_time()
        render_bare(photo)
        bare_s += time.process_time() - begun
    sandbox.close()
    peak_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    line = {
        "name": "photo",
        "value": round(1000 * sandboxed_s / PHOTOS, 1),
        "unit": "ms CPU per photo",
        "reference": round(1000 * bare_s / PHOTOS, 1),
        "ratio": round(sandboxed_s / bare_s, 3),
        "conditions": f"{PHOTOS} of 4000x3000, {len(photo) / 1e6:.1f} MB JPEG, 1 at a time; child {peak_mb:.0f} MB",
    }
    sys.stdout.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
