"""The `dicom` section of a profile, applied to a data set (deid.md, sections 2.3 and 2.7.1)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pydicom.dataset import Dataset

from treadle.deid.codes import Code, Rejected
from treadle.deid.fields.actions import REPORTED, result
from treadle.deid.fields.dicom_names import Name, Private, Tag, parse
from treadle.deid.fields.dicom_paths import Where, base, spelled
from treadle.deid.fields.dicom_sweep import remove_private, remove_undefined, set_age
from treadle.deid.fields.dicom_values import BINARY_VRS, may_hash
from treadle.deid.fields.dicom_view import ANY, View, named
from treadle.deid.fields.filenames import output_name
from treadle.deid.fields.model import Rule, Section
from treadle.deid.fields.originals import ACTIONS, Originals
from treadle.deid.fields.record import UNFIT
from treadle.deid.fields.scope import Scope
from treadle.deid.run import Run

STANDARD_UIDS = "1.2.840.10008."
_SOP_INSTANCE = (0x00080018,)
_LEFT = object()


@dataclass(frozen=True, slots=True)
class Touched:
    """Elements that rules changed, kept, removed or created: a preset leaves them alone, and what is below them.

    `written` are those whose value a rule set; large values are left out of the data set, so it does not show there.
    """

    paths: set[Where] = field(default_factory=set)
    written: set[Where] = field(default_factory=set)
    originals: Dataset = field(default_factory=Dataset)  # what `encrypt` took out
    decrypted: Dataset = field(default_factory=Dataset)  # what `decrypt` puts back


@dataclass(frozen=True, slots=True)
class DicomRules:
    """Rules with their names parsed. `pixel_rules` come from `alter_pixels` and are applied by the engine."""

    section: Section
    targets: tuple[tuple[Rule, Name | None], ...]
    pixel_rules: Any = None

    @classmethod
    def of(cls, section: Section, pixel_rules: Any = None) -> DicomRules:
        """The rules of a checked section."""
        targets = tuple((rule, None if rule.regex else parse(rule.name)) for rule in section.rules)
        return cls(section, targets, pixel_rules)

    def apply(self, dataset: Dataset, run: Run) -> Touched:
        """Change the data set. Rejected names the element that a rule could not be applied to."""
        own = self.section.own
        view = View(dataset, recurse=bool(own.get("recurse-sequence")))
        scope = self._scope(view, run)
        touched = Touched()
        if any(rule.action == "decrypt" for rule in self.section.rules):
            touched.decrypted.update(Originals.of(self.section).opened(dataset))
        if own.get("remove-private-tags"):
            remove_private(
                dataset, (name for _, name in self.targets if isinstance(name, Private)), run.report
            )
        if own.get("patient-age-from-birthdate"):
            set_age(view, self.section.date_format, own.get("patient-age-units"))
        if own.get("remove-undefined"):
            wanted = [where for rule, name in self.targets for where in view.find(rule, name)]
            remove_undefined(dataset, [*wanted, *self._in_names(view)], run.report)
            view = View(dataset, recurse=view.recurse)
            scope = self._scope(view, run)
        present = dataset.keys()  # a live view
        for rule, name in self.targets:
            if (
                isinstance(name, Tag)
                and name.tag not in present
                and not view.recurse
                and not self._creates(rule)
            ):
                touched.paths.add((name.tag,))  # most rules of a long profile end here
            else:
                _apply(rule, name, view, scope, run, touched)
        return touched

    def output_name(self, name: str, dataset: Dataset, run: Run) -> str | None:
        """The name that `filenames` gives, from the changed data set; None when there are no such rules."""
        if not self.section.filenames:
            return None
        view = View(dataset, recurse=False)
        return output_name(self.section.filenames, name, view.read, self._scope(view, run))

    def _creates(self, rule: Rule) -> bool:
        wish = self.section.insert if rule.insert is None else rule.insert
        return rule.action == "decrypt" or (rule.action == "replace-with" and wish)

    def _in_names(self, view: View) -> list[Where]:
        """Elements that names of outputs use: as if kept, but a preset does not leave them alone."""
        words = {
            word for sub in self.section.filenames for word in sub.names if word not in sub.pattern.groupindex
        }
        return [where for word in words if (name := named(word)) for where in view.find(ANY, name)]

    def _scope(self, view: View, run: Run) -> Scope:
        """Chance follows from the instance: the same file gives the same result, two files do not."""
        seed = view.get(_SOP_INSTANCE) or ""
        return Scope.of(self.section, run, view.read, seed.encode())


def _apply(rule: Rule, name: Name | None, view: View, scope: Scope, run: Run, touched: Touched) -> None:
    found = view.find(rule, name)
    touched.paths.update(found)
    if rule.action == "keep":
        return
    creates = rule.action in {"replace-with", "decrypt"}
    for where in found:
        if not creates and not view.exists(where):
            continue
        label = rule.name if isinstance(name, Private) else spelled(where)
        try:
            _change(rule, where, view, scope, run, touched, label)
        except UNFIT as error:
            raise Rejected(Code.BAD_VALUE, label) from error
    if rule.action == "replace-with" and not found and isinstance(name, Private):
        _create_private(rule, name, view, scope, run, touched)


def _create_private(rule: Rule, name: Private, view: View, scope: Scope, run: Run, touched: Touched) -> None:
    value = result(rule, None, scope)
    if value is None:
        return
    try:
        where = view.put_private(name, value, rule.name)
    except UNFIT as error:
        raise Rejected(Code.BAD_VALUE, rule.name) from error
    touched.paths.add(where)
    touched.written.add(where)
    run.report.did(rule.name, "D")


def _change(
    rule: Rule, where: Where, view: View, scope: Scope, run: Run, touched: Touched, label: str
) -> None:
    if rule.action == "remove":
        if view.exists(where):
            view.remove(where)
            run.report.did(label, "X")
        return
    if rule.action in ACTIONS:
        _seal_or_open(rule.action, where, view, run, touched, label)
        return
    before = _before(rule, where, view)
    after = None if before is _LEFT else result(rule, before, scope)
    if after is None:
        return
    view.put(where, after)
    touched.written.add(where)
    run.report.did(label, "Z" if after == "" else REPORTED[rule.action])


def _seal_or_open(action: str, where: Where, view: View, run: Run, touched: Touched, label: str) -> None:
    """Whole elements go into the encrypted values of the file, and come back from them; paths are not kept there."""
    if action == "encrypt":
        original = view.element(where)
        if original is None:
            return
        if original.tag not in touched.originals:
            touched.originals.add(original)
        view.remove(where)
    else:
        original = touched.decrypted.get(base(where[-1]))
        if original is None:
            return
        view.put_back(where, original)
        touched.written.add(where)
    run.report.did(label, REPORTED[action])


def _before(rule: Rule, where: Where, view: View) -> Any:
    """What the action works on; _LEFT when the rule does not want this value."""
    if rule.action == "replace-with":
        return "" if view.exists(where) else None
    vr = view.vr(where)
    if vr in BINARY_VRS:
        raise ValueError("binary values can be removed or replaced")
    value = view.get(where)
    if value and rule.action == "hash" and not may_hash(vr):
        raise ValueError("no room for a hash")
    if value and rule.action == "hashuid" and vr == "UI":
        uids = value.split(",")
        if rule.regex and all(uid.startswith(STANDARD_UIDS) for uid in uids):
            return _LEFT
        return uids if len(uids) > 1 else value
    return value
