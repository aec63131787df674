"""The wheel's packages: the program's own, and the folders beside it, without their scripts, as data in `app.data`."""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

DATA = ("brushes", "checkpoints", "contents", "icons", "styles")


class BuildWithoutScripts(build_py):
    """Leaves out the scripts that made pictures, brushes and icons: they run in a clone only."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Return the modules of a package as (package, module, file); none of a folder of data."""
        if package.startswith("app.data."):
            return []
        modules: list[tuple[str, str, str]] = super().find_package_modules(package, package_dir)
        return modules


setup(
    packages=[*find_packages(include=["app", "app.*"]), *(f"app.data.{name}" for name in DATA)],
    package_dir={f"app.data.{name}": name for name in DATA},
    package_data={"": ["*.json", "*.png", "*.jpg", "*.svg", "*.safetensors", "py.typed"]},
    include_package_data=False,
    cmdclass={"build_py": BuildWithoutScripts},
)
