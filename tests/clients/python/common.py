"""What both Python clients share: their arguments and how they show a content block."""

import argparse


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--generation", choices=["legacy", "modern", "auto"], required=True)
    target = parser.add_mutually_exclusive_group(required=True)
    target.add_argument("--http")
    target.add_argument("--stdio")
    parser.add_argument("--calls", required=True)
    return parser.parse_args()


def block(item: object) -> dict[str, object]:
    kind = getattr(item, "type")
    if kind == "text":
        return {"type": kind, "text": getattr(item, "text")}
    mime_type = getattr(item, "mimeType", None) or getattr(item, "mime_type", None)
    return {"type": kind, "mime_type": mime_type}
