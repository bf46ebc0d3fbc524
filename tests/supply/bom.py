"""``python -m tests.supply.bom``: the bill of materials of an installation as CycloneDX 1.6, the same bytes for the same commit."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

import takedowns
from tests.supply.packages import Package, packages


def bill() -> str:
    """Return the bill as JSON. ``SOURCE_DATE_EPOCH`` (seconds) is its time, as that of a reproducible build; else 0."""
    found = packages()
    product = Component(name="takedowns", version=takedowns.__version__, type=ComponentType.APPLICATION)
    product.bom_ref.value = f"takedowns=={takedowns.__version__}"
    parts = {one.name: _component(one) for one in found}
    bom = Bom(components=parts.values())
    bom.metadata.component = product
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    needed_by_another = {need for one in found for need in one.needs}
    bom.register_dependency(product, [parts[one.name] for one in found if one.name not in needed_by_another])
    for one in found:
        bom.register_dependency(parts[one.name], [parts[need] for need in one.needs])
    contents = " ".join(f"{one.name}=={one.version}" for one in found)
    bom.serial_number = uuid5(NAMESPACE_URL, f"takedowns=={takedowns.__version__} {contents}")
    return make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)


def _component(one: Package) -> Component:
    made = Component(
        name=one.name,
        version=one.version,
        type=ComponentType.LIBRARY,
        description=one.summary,
        purl=PackageURL("pypi", name=one.name, version=one.version),
        licenses=[LicenseFactory().make_from_string(one.licence)] if one.licence else (),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest) for digest in one.digests],
    )
    made.bom_ref.value = f"{one.name}=={one.version}"
    return made


if __name__ == "__main__":
    sys.stdout.write(bill() + "\n")
