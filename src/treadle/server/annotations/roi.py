"""The canonical region of interest, `treadle.roi/1` (web.md 8.1): what clients send, checked and measured again."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from treadle.server.annotations.errors import MeasureWrong
from treadle.server.annotations.measures import COUNTS, measured

SCHEMA: Literal["treadle.roi/1"] = "treadle.roi/1"
MOST_REGIONS = 2000
_MOST_POINTS = 20_000
_RELATIVE, _ABSOLUTE = 0.005, 0.1
_Finite = Annotated[float, Field(allow_inf_nan=False, ge=-1e7, le=1e7)]
_Number = Annotated[float, Field(allow_inf_nan=False)]
_Point = tuple[_Finite, _Finite, _Finite]
_Uid = Annotated[str, Field(max_length=64, pattern=r"^[0-9.]+$")]
_Words = Annotated[str, Field(max_length=2000)]


Tool = Literal[
    "length",
    "angle",
    "bidirectional",
    "rectangle",
    "ellipse",
    "circle",
    "freehand",
    "arrow",
    "probe",
    "mask",
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegionPlace(_Part):
    """Where a region lies: an instance and frame of DICOM, or world coordinates of NIfTI."""

    file_id: str | None = None
    version: int | None = None
    sop_uid: _Uid | None = None
    frame: int = Field(default=1, ge=1, le=1_000_000)
    series_uid: _Uid | None = None
    frame_of_reference_uid: _Uid | None = None
    space: Literal["patient LPS", "world RAS"] = "patient LPS"


class RegionStats(_Part):
    """What a region measures; geometry is computed here, pixel values are the client's word."""

    length_mm: _Number | None = None
    width_mm: _Number | None = None
    area_mm2: _Number | None = None
    perimeter_mm: _Number | None = None
    angle_deg: _Number | None = None
    volume_mm3: _Number | None = None
    mean: _Number | None = None
    sd: _Number | None = None
    min: _Number | None = None
    max: _Number | None = None
    median: _Number | None = None
    count: int | None = Field(default=None, ge=0)
    unit: str | None = Field(default=None, max_length=64)
    modality_unit: str | None = Field(default=None, max_length=64)


_GEOMETRY = ("length_mm", "width_mm", "area_mm2", "perimeter_mm", "angle_deg")


class Region(_Part):
    """One region of interest."""

    id: str = Field(min_length=1, max_length=64)
    tool: Tool
    label: str = Field(default="", max_length=255)
    label_value: int | None = None
    color: str | None = Field(default=None, pattern=r"^#[0-9a-fA-F]{6}$")
    comment: _Words = ""
    task_id: str | None = Field(default=None, max_length=64)
    ref: RegionPlace
    points: list[_Point] = Field(max_length=_MOST_POINTS)
    closed: bool = False
    normal: _Point | None = None
    up: _Point | None = None
    stats: RegionStats = Field(default_factory=RegionStats)
    stats_by: Literal["client", "server"] = "client"

    @model_validator(mode="after")
    def _enough_points(self) -> Region:
        least, most = COUNTS[self.tool]
        if len(self.points) < least or (most is not None and len(self.points) > most):
            raise ValueError(f"a region made with '{self.tool}' does not have {len(self.points)} points")
        if self.tool == "freehand" and self.closed and len(self.points) < 3:
            raise ValueError("a closed region has at least 3 points")
        return self

    def settled(self) -> Region:
        """The region with its geometry measured here; MeasureWrong where the client says something else."""
        found = measured(self.tool, self.points, closed=self.closed)
        for name in _GEOMETRY:
            said = getattr(self.stats, name)
            if said is None:
                continue
            if name not in found:
                raise MeasureWrong(f"Region '{self.id}': '{self.tool}' has no {name}.")
            if abs(said - found[name]) > max(_RELATIVE * abs(found[name]), _ABSOLUTE):
                raise MeasureWrong(
                    f"Region '{self.id}': {name} is {said:g}, but its points give {found[name]:g}."
                )
        stats = self.stats.model_copy(update={name: round(value, 6) for name, value in found.items()})
        return self.model_copy(update={"stats": stats})

    def term(self, *, reader: str, created: str, number: int | None) -> dict[str, Any]:
        """The region as search sees it: `file.roi` (search.md 1.8)."""
        stats = self.stats
        found = {
            "label": self.label,
            "type": self.tool,
            "area": stats.area_mm2,
            "length": stats.length_mm,
            "perimeter": stats.perimeter_mm,
            "angle": stats.angle_deg,
            "volume": stats.volume_mm3,
            "mean": stats.mean,
            "stddev": stats.sd,
            "min": stats.min,
            "max": stats.max,
            "slice": number,
            "description": self.comment,
            "reader": reader,
            "task": self.task_id,
            "created": created,
        }
        return {name: value for name, value in found.items() if value not in (None, "")}


class RegionSet(_Part):
    """The content of one version of a measurement set."""

    schema_: Literal["treadle.roi/1"] = Field(default=SCHEMA, alias="schema")
    rois: list[Region] = Field(default_factory=list, max_length=MOST_REGIONS)

    @model_validator(mode="after")
    def _distinct(self) -> RegionSet:
        if len({region.id for region in self.rois}) != len(self.rois):
            raise ValueError("two regions have the same id")
        return self

    def settled(self) -> RegionSet:
        """The set with every region measured here."""
        return self.model_copy(update={"rois": [region.settled() for region in self.rois]})

    def document(self) -> dict[str, Any]:
        """As it is stored and answered."""
        return self.model_dump(by_alias=True, exclude_none=True)
