"""Where tests find their material, wherever they lie themselves."""

from pathlib import Path

SUPPORT = Path(__file__).resolve().parent
TESTS = SUPPORT.parent
ROOT = TESTS.parent
DATA = TESTS / "data"
GOLDEN = TESTS / "golden"
MODELS = ROOT.parent / "shared" / "models"
