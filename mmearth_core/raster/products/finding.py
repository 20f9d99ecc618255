"""Which layout of a product a path is, if any."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath

from mmearth_core.errors import MMEarthError
from mmearth_core.raster.metadata import Metadata
from mmearth_core.raster.products import muscate, safe
from mmearth_core.raster.products.dimap import dim_of, dimap_product
from mmearth_core.raster.products.product import Product
from mmearth_core.raster.products.tree import Tree, in_folder, is_archive, metadata_in, tree_of

#: Other files of a product and of a granule by which people name them.
_BESIDE_IMAGES = {"manifest.safe", "INSPIRE.xml", "MTD_TL.xml"}
_NEW_NAMES = ("MTD_MSIL2A.xml", "MTD_MSIL1C.xml")


def find_product(path: str) -> Product | None:
    """The product at a folder, a zip, a product's XML or a .dim file; None when it is something else.

    A folder around one product, a granule's folder and an IMG_DATA folder are that product. Raises `MMEarthError` when
    it is a product but damaged, or holds several.
    """
    file = Path(path)
    if (dim := dim_of(file)) is not None:
        return dimap_product(dim)
    if is_archive(path):
        return _inside(tree_of(path))
    if file.is_dir():
        return _in_folder(path, file)
    if file.is_file() and (safe.MTD.match(file.name) or file.name in _BESIDE_IMAGES):
        return _in_folder(path, file.absolute().parent)
    if file.is_file() and file.name.endswith("_MTD_ALL.xml"):
        return muscate.muscate_product(_flat(file.absolute().parent))
    return None


def _in_folder(path: str, folder: Path) -> Product | None:
    if (root := _root(folder)) is not None and (granule := _granule(folder, root)) is not None:
        return safe.safe_product(tree_of(str(root)), granule or None)
    if muscate.roots_of(_flat(folder)):
        return muscate.muscate_product(_flat(folder))
    inside = sorted(p for p in folder.iterdir() if p.is_dir() and (_mtd_in(p) or muscate.roots_of(_flat(p))))
    if len(inside) > 1:
        raise MMEarthError(f"{path} holds {len(inside)} products; name one of them, for example {inside[0]}.")
    if not inside and folder.name.upper().endswith(".SAFE"):
        raise MMEarthError(
            f"{path} has no MTD_MSIL1C.xml or MTD_MSIL2A.xml, nor the …_MTD_SAFL1C_….xml of products before December"
            f" 2016; the product is incomplete, download it again."
        )
    return find_product(str(inside[0])) if inside else None


def surrounding(folder: Path) -> Metadata | None:
    """What the XML of the product says in which a folder lies, or beside whose XML it is; None when there is none."""
    here = folder.absolute()
    near = (each / name for each in (here, *here.parents[:5]) for name in _NEW_NAMES)
    mtd = next((path for path in near if path.is_file()), None)
    if mtd is None and (root := _root(folder)) is not None:
        mtd = root / _mtd_in(root)
    if mtd is None:
        return None
    return safe.read_metadata(metadata_in(mtd), source=f"{mtd.name} of {mtd.parent.name}")


def _inside(tree: Tree) -> Product | None:
    """The one product in an archive."""
    makers: tuple[tuple[Callable[[Tree], tuple[str, ...]], Callable[[Tree], Product]], ...] = (
        (safe.roots_of, safe.safe_product),
        (muscate.roots_of, muscate.muscate_product),
    )
    for roots_of, product in makers:
        roots = roots_of(tree)
        if len(roots) > 1:
            names = ", ".join(PurePosixPath(root).name for root in roots[:3])
            raise MMEarthError(f"{tree.path} holds {len(roots)} products ({names}); unpack it and name one of them.")
        if roots:
            return product(tree.below(roots[0]))
    return None


def _granule(folder: Path, root: Path) -> str | None:
    """ "" when the folder is the product, a granule's name when it is that granule or its IMG_DATA; None otherwise."""
    parts = folder.absolute().relative_to(root).parts
    if not parts or parts == ("GRANULE",):
        return ""
    is_granule = parts[0] == "GRANULE" and (len(parts) == 2 or (len(parts) == 3 and parts[2] == "IMG_DATA"))
    return parts[1] if is_granule else None


def _root(folder: Path) -> Path | None:
    """The product a folder is, or whose granule it lies in."""
    here = folder.absolute()
    if _mtd_in(here):
        return here
    root = next((each.parent for each in (here, *here.parents) if each.name == "GRANULE"), None)
    return root if root is not None and _mtd_in(root) else None


def _mtd_in(folder: Path) -> str:
    """The name of the product's XML in a folder, "" when there is none."""
    return next((name for name in _flat(folder).names if safe.MTD.match(name)), "")


def _flat(folder: Path) -> Tree:
    """The files right in a folder."""
    return in_folder(folder, sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else ())
