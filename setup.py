"""The wheel's packages: the program's own, and the folders of pictures beside it as data within `app.data`."""

from setuptools import find_packages, setup

DATA = ("brushes", "checkpoints", "contents", "icons", "styles")

setup(
    packages=[*find_packages(include=["app", "app.*"]), *(f"app.data.{name}" for name in DATA)],
    package_dir={f"app.data.{name}": name for name in DATA},
    package_data={"": ["*.json", "*.png", "*.jpg", "*.svg", "*.safetensors", "py.typed"]},
)
