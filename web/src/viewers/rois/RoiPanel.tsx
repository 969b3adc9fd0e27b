import { ActionIcon, Button, Group, Menu, Text, TextInput } from "@mantine/core";
import { IconArrowBackUp, IconArrowForwardUp, IconTrash } from "@tabler/icons-react";
import { saveBlob } from "@/api/download";
import { plural, t } from "@/i18n/text";
import { ToolButton } from "../dicom/ToolButton";
import type { Saving } from "../side/keeper";
import { ExportMenu, SideList, SidePanel } from "../side/SidePanel";
import { asCsv, asJson } from "./export";
import classes from "./RoiPanel.module.css";
import { measure, type Roi, TOOL_WORDS } from "./roi";
import type { ExportForm } from "./store";

/** Form, words, file name. */
const EXPORTS: [ExportForm, string, string][] = [
  ["sr", t("DICOM report (SR)"), "measurements.sr.dcm"],
  ["seg", t("DICOM segmentation (SEG)"), "measurements.seg.dcm"],
  ["nifti", t("Label volume (NIfTI)"), "measurements.nii.gz"],
  ["coco", t("Outlines (COCO)"), "measurements.coco.json"],
];

interface RoiPanelProps {
  rois: Roi[];
  saving: Saving;
  /** What is kept where. */
  told: { words: string; draft: boolean };
  publish: () => void;
  again: (() => void) | null;
  mayUndo: boolean;
  mayRedo: boolean;
  undo: () => void;
  redo: () => void;
  change: (id: string, part: Partial<Pick<Roi, "label" | "comment">>) => void;
  remove: (id: string) => void;
  /** Where a region is, such as "Image 12". */
  whereabouts: (roi: Roi) => string;
  onShow: (roi: Roi) => void;
  /** One's own on the chosen series, as a file of another program. */
  onExport: (form: ExportForm, name: string) => void;
}

/** What was read from objects of the study: one line for each of their labels. */
function outlinesOf(rois: Roi[]): { first: Roi; count: number }[] {
  const found = new Map<string, { first: Roi; count: number }>();
  for (const roi of rois) {
    if (roi.source === undefined) continue;
    const key = `${roi.source}:${roi.label}`;
    const known = found.get(key);
    if (known) known.count += 1;
    else found.set(key, { first: roi, count: 1 });
  }
  return [...found.values()];
}

/** The measurements beside the image, as text with their values. */
export function RoiPanel(props: RoiPanelProps) {
  const { rois, saving, told, publish, mayUndo, mayRedo, undo, redo, onExport } = props;
  return (
    <SidePanel
      title={t("Measurements")}
      saving={saving}
      words={told.words}
      draft={told.draft}
      publish={publish}
      again={props.again}
      actions={
        <>
          <ToolButton small words={t("Undo (U)")} Icon={IconArrowBackUp} disabled={!mayUndo} onClick={undo} />
          <ToolButton
            small
            words={t("Redo (Shift+U)")}
            Icon={IconArrowForwardUp}
            disabled={!mayRedo}
            onClick={redo}
          />
          <ExportMenu label={t("Export")} disabled={rois.length === 0}>
            <Menu.Item
              onClick={() => saveBlob(new Blob([asCsv(rois)], { type: "text/csv" }), "measurements.csv")}
            >
              {t("Table (CSV)")}
            </Menu.Item>
            <Menu.Item
              onClick={() =>
                saveBlob(new Blob([asJson(rois)], { type: "application/json" }), "measurements.json")
              }
            >
              {t("Points and values (JSON)")}
            </Menu.Item>
            <Menu.Label>{t("Yours on the chosen series")}</Menu.Label>
            {EXPORTS.map(([form, words, name]) => (
              <Menu.Item key={form} onClick={() => onExport(form, name)}>
                {words}
              </Menu.Item>
            ))}
          </ExportMenu>
        </>
      }
    >
      {rois.length === 0 ? (
        <Text size="sm" c="dimmed" px={12}>
          {t(
            "Nothing is measured yet. Choose a tool and draw on the image with the pointer, or mark a key image with K.",
          )}
        </Text>
      ) : null}
      <SideList>
        {rois
          .filter((roi) => roi.source === undefined)
          .map((roi) => (
            <Row key={roi.id} roi={roi} {...props} />
          ))}
        {outlinesOf(rois).map(({ first, count }) => (
          <li key={first.id} data-testid="outlines">
            <Button size="compact-xs" variant="subtle" color="gray" onClick={() => props.onShow(first)}>
              {first.label || TOOL_WORDS[first.tool]}
            </Button>
            <Text size="xs" c="dimmed" px={8}>
              {plural(count, "{count} outline · from {name}", "{count} outlines · from {name}", {
                name: first.by ?? "",
              })}
            </Text>
          </li>
        ))}
      </SideList>
    </SidePanel>
  );
}

function Row({ roi, change, remove, whereabouts, onShow }: RoiPanelProps & { roi: Roi }) {
  const own = roi.by === undefined;
  return (
    <li data-testid="roi">
      <Group gap={4} wrap="nowrap" justify="space-between">
        <Button size="compact-xs" variant="subtle" onClick={() => onShow(roi)}>
          {TOOL_WORDS[roi.tool] ?? roi.tool}, {whereabouts(roi)}
        </Button>
        {own ? (
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t("Remove {label}", { label: roi.label || (TOOL_WORDS[roi.tool] ?? roi.tool) })}
            onClick={() => remove(roi.id)}
          >
            <IconTrash size={16} />
          </ActionIcon>
        ) : null}
      </Group>
      <div className={classes.value} data-testid="measure">
        {measure(roi)}
      </div>
      {own ? (
        <>
          {roi.tool === "key" ? null : (
            <Kept label={t("Label")} value={roi.label} onKeep={(label) => change(roi.id, { label })} />
          )}
          <Kept label={t("Comment")} value={roi.comment} onKeep={(comment) => change(roi.id, { comment })} />
        </>
      ) : (
        <Text size="xs" c="dimmed" px={8}>
          {[roi.label, roi.comment, t("by {name}", { name: roi.by ?? "" })].filter(Boolean).join(" · ")}
        </Text>
      )}
    </li>
  );
}

/** A field whose text is taken when it is left, so that undo goes by fields and not by letters. */
function Kept({ label, value, onKeep }: { label: string; value: string; onKeep: (text: string) => void }) {
  return (
    <TextInput
      key={value}
      size="xs"
      mt={4}
      aria-label={label}
      placeholder={label}
      defaultValue={value}
      maxLength={255}
      onBlur={(event) => event.currentTarget.value !== value && onKeep(event.currentTarget.value)}
      onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
    />
  );
}
