"""The catalog: what it states is complete, consistent and true of the files that are at hand."""

import inspect
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from locations import MODELS

from app.errors import NetworkError
from app.networks import catalog
from app.networks.catalog import NETWORKS, Network
from app.networks.checksums import faults_of


def test_the_names_and_the_order_in_which_rivals_prefer_them() -> None:
    assert list(NETWORKS) == [
        "magenta-hub",
        "magenta-int8",
        "builtin-stylizer",
        "vgg19",
        "builtin-vgg",
        "builtin-autoencoder",
    ]
    assert all(name == network.name for name, network in NETWORKS.items())


@pytest.mark.parametrize("network", NETWORKS.values(), ids=list(NETWORKS))
def test_every_entry_is_complete(network: Network) -> None:
    for field in ("title", "purpose", "licence", "source", "input_range"):
        assert getattr(network, field), field
    assert network.files
    for file in network.files:
        assert Path(file.file).name == file.file
        if network.is_built_in:
            assert file.url == ""
            continue
        for url in (file.url, *file.mirrors):
            assert urlsplit(url).scheme == "https"
        assert file.sha256 is None or re.fullmatch("[0-9a-f]{64}", file.sha256)
        assert file.md5 is None or re.fullmatch("[0-9a-f]{32}", file.md5)
    assert network.is_archive == bool(network.contains)
    assert network.is_published_with_checksum != network.is_archive


def test_vgg19_is_the_one_that_keras_publishes() -> None:
    # Keras's own source states address and MD5; read as text, so that nothing heavy is imported here.
    import importlib.util

    spec = importlib.util.find_spec("keras")
    assert spec is not None
    assert spec.submodule_search_locations
    source = (Path(spec.submodule_search_locations[0]) / "src/applications/vgg19.py").read_text()
    (file,) = NETWORKS["vgg19"].files
    assert file.md5 is not None
    assert f'file_hash="{file.md5}"' in source
    assert file.file in source
    assert file.url in re.sub(r'"\s+"', "", source)


def test_the_int8_pair_is_what_the_catalog_states() -> None:
    if not MODELS.is_dir():
        pytest.skip("../shared/models is not on this machine")
    for file in NETWORKS["magenta-int8"].files:
        assert faults_of(file, MODELS / "magenta-int8" / file.file) == []


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(NetworkError, match=r"no network called nothing; there are magenta-hub, magenta-int8"):
        catalog.network("nothing")


def test_the_catalog_imports_nothing_heavy() -> None:
    imported = re.findall(r"^(?:import|from) (\S+)", inspect.getsource(catalog), re.MULTILINE)
    assert set(imported) == {"__future__", "dataclasses", "app.errors"}
