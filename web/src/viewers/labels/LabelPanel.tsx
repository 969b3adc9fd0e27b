import { Button, ColorInput, Group, Menu, Radio, Slider, Text, TextInput } from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBrush,
  IconEraser,
  IconEye,
  IconEyeOff,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { decimal } from "@/ui/format";
import { ToolButton } from "../dicom/ToolButton";
import type { Saving } from "../side/keeper";
import { ExportMenu, SideList, SidePanel } from "../side/SidePanel";
import classes from "./LabelPanel.module.css";
import type { Segment } from "./segment";

interface LabelPanelProps {
  /** Whether the images are loaded, so that one can paint. */
  ready: boolean;
  mayPaint: boolean;
  segments: Segment[];
  value: number;
  choose: (value: number) => void;
  tool: string;
  onTool: (tool: "paint" | "erase") => void;
  brush: number;
  setBrush: (radius: number) => void;
  saving: Saving;
  draft: boolean;
  /** Cubic millimetres of a label. */
  volumeOf: (value: number) => number;
  add: () => void;
  change: (value: number, part: Partial<Omit<Segment, "value">>) => void;
  remove: (value: number) => void;
  mayUndo: boolean;
  mayRedo: boolean;
  undo: () => void;
  redo: () => void;
  publish: () => void;
  again: (() => void) | null;
  exportAs: (form: "seg" | "nifti", name: string) => void;
}

const millilitres = (mm3: number) => `${decimal(mm3 / 1000, mm3 < 10_000 ? 2 : 1)} ml`;

/** The labels of a segmentation beside the image, with what is needed to paint them. */
export function LabelPanel(props: LabelPanelProps) {
  const { ready, mayPaint, segments, value, choose, tool, onTool, brush, setBrush, saving, draft } = props;
  const kept = draft ? t("Draft kept; only you see it") : t("All is saved");
  return (
    <SidePanel
      title={t("Labels")}
      saving={saving}
      words={ready ? kept : t("Loading the images")}
      draft={draft}
      publish={props.publish}
      again={props.again}
      actions={
        <>
          <ToolButton
            small
            words={t("Undo painting")}
            Icon={IconArrowBackUp}
            disabled={!props.mayUndo}
            onClick={props.undo}
          />
          <ToolButton
            small
            words={t("Redo painting")}
            Icon={IconArrowForwardUp}
            disabled={!props.mayRedo}
            onClick={props.redo}
          />
          <ExportMenu label={t("Export labels")} disabled={!ready}>
            <Menu.Item onClick={() => props.exportAs("seg", "labels.seg.dcm")}>
              {t("DICOM segmentation (SEG)")}
            </Menu.Item>
            <Menu.Item onClick={() => props.exportAs("nifti", "labels.nii.gz")}>
              {t("Label volume (NIfTI)")}
            </Menu.Item>
          </ExportMenu>
        </>
      }
    >
      {mayPaint ? (
        <div className={classes.tools}>
          <Group gap={4} wrap="nowrap">
            <ToolButton
              small
              words={t("Paint (J)")}
              Icon={IconBrush}
              pressed={tool === "paint"}
              disabled={!ready || segments.length === 0}
              onClick={() => onTool("paint")}
            />
            <ToolButton
              small
              words={t("Erase (Shift+J)")}
              Icon={IconEraser}
              pressed={tool === "erase"}
              disabled={!ready}
              onClick={() => onTool("erase")}
            />
            <Slider
              className={classes.size}
              size="sm"
              min={1}
              max={40}
              value={brush}
              onChange={setBrush}
              label={(radius) => `${radius} mm`}
              thumbLabel={t("Brush radius in millimetres")}
            />
          </Group>
        </div>
      ) : null}
      <Radio.Group
        value={String(value)}
        onChange={(chosen) => choose(Number(chosen))}
        aria-label={t("Label to paint")}
      >
        <SideList>
          {segments.map((segment) => (
            <Row
              key={segment.value}
              segment={segment}
              may={mayPaint && ready}
              volume={millilitres(props.volumeOf(segment.value))}
              onChange={(part) => props.change(segment.value, part)}
              onRemove={() => props.remove(segment.value)}
            />
          ))}
        </SideList>
      </Radio.Group>
      {mayPaint ? (
        <Button
          m={12}
          size="xs"
          variant="default"
          leftSection={<IconPlus size={16} />}
          disabled={!ready}
          onClick={props.add}
        >
          {t("Add a label")}
        </Button>
      ) : null}
    </SidePanel>
  );
}

interface RowProps {
  segment: Segment;
  may: boolean;
  volume: string;
  onChange: (part: Partial<Omit<Segment, "value">>) => void;
  onRemove: () => void;
}

function Row({ segment, may, volume, onChange, onRemove }: RowProps) {
  const { value, label, color, visible } = segment;
  return (
    <li data-testid="label">
      <Group gap={4} wrap="nowrap">
        <Radio size="xs" value={String(value)} aria-label={t("Paint {label}", { label })} disabled={!may} />
        <TextInput
          className={classes.name}
          key={label}
          size="xs"
          aria-label={t("Name of the label")}
          defaultValue={label}
          maxLength={64}
          disabled={!may}
          onBlur={({ currentTarget }) => {
            const said = currentTarget.value.trim();
            if (said && said !== label) onChange({ label: said });
          }}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
        <ToolButton
          small
          words={visible ? t("Hide {label}", { label }) : t("Show {label}", { label })}
          Icon={visible ? IconEye : IconEyeOff}
          onClick={() => onChange({ visible: !visible })}
        />
        {may ? (
          <ToolButton small words={t("Remove {label}", { label })} Icon={IconTrash} onClick={onRemove} />
        ) : null}
      </Group>
      <Group gap={8} wrap="nowrap" mt={4}>
        <ColorInput
          size="xs"
          w={110}
          aria-label={t("Colour of {label}", { label })}
          value={color}
          disabled={!may}
          withEyeDropper={false}
          onChangeEnd={(picked) => onChange({ color: picked })}
        />
        <Text size="xs" data-testid="volume">
          {volume}
        </Text>
      </Group>
    </li>
  );
}
