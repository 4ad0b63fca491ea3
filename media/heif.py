"""HEIC, the iPhone's own format, where the optional decoder `pi-heif` is installed (`docker/local/heic.lock`).

It decodes only (LGPL); a 12 MP photo takes about 1.5 s of CPU and 170 MB, hence an extra.
"""

from importlib.util import find_spec

READS_HEIC = find_spec("pi_heif") is not None


def register() -> None:
    """Teaches Pillow the format. Loads the decoder: not in a process that looks at no photo."""
    import pi_heif  # type: ignore[import-untyped]  # has no stubs

    pi_heif.register_heif_opener(decode_threads=1, thumbnails=False, depth_images=False, aux_images=False)
