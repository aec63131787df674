"""`play`: the window."""

import argparse

from app.desktop import application


def play(request: argparse.Namespace) -> int:
    """Open the window; pictures that cannot be read are refused here, where whoever named them still looks."""
    for path in (request.content, request.style):
        if path is not None:
            from app import images

            images.read_picture(path, max_side_px=64)
    return application.run(request.content, request.style)
