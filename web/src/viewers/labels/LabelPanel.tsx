import {
  ActionIcon,
  Button,
  ColorInput,
  Group,
  Menu,
  Radio,
  Slider,
  Text,
  TextInput,
  Tooltip,
} from "@mantine/core";
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconBrush,
  IconDownload,
  IconEraser,
  IconEye,
  IconEyeOff,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
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
  saving: "saved" | "saving" | Error;
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
  exportAs: (form: "seg" | "nifti", name: string) => void;
}

const millilitres = (mm3: number) => `${(mm3 / 1000).toFixed(mm3 < 10_000 ? 2 : 1)} ml`;

/** The labels of a segmentation beside the image, with what is needed to paint them. */
export function LabelPanel(props: LabelPanelProps) {
  const { ready, mayPaint, segments, value, choose, tool, onTool, brush, setBrush, saving, draft } = props;
  const kept = draft ? "Draft kept; only you see it" : "All is saved";
  const words =
    saving instanceof Error
      ? saving.message
      : saving === "saving"
        ? "Saving"
        : ready
          ? kept
          : "Loading the images";
  return (
    <aside className={classes.panel} aria-label="Labels">
      <Group gap={4} wrap="nowrap" className={classes.head}>
        <h2>Labels</h2>
        <Act words="Undo painting" Icon={IconArrowBackUp} off={!props.mayUndo} onClick={props.undo} />
        <Act words="Redo painting" Icon={IconArrowForwardUp} off={!props.mayRedo} onClick={props.redo} />
        <Menu position="bottom-end">
          <Menu.Target>
            <Tooltip label="Export labels">
              <ActionIcon variant="subtle" color="gray" aria-label="Export labels" disabled={!ready}>
                <IconDownload size={18} />
              </ActionIcon>
            </Tooltip>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => props.exportAs("seg", "labels.seg.dcm")}>
              DICOM segmentation (SEG)
            </Menu.Item>
            <Menu.Item onClick={() => props.exportAs("nifti", "labels.nii.gz")}>
              Label volume (NIfTI)
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </Group>
      <Group gap="xs" px={12} pb={8} wrap="nowrap" justify="space-between">
        <Text size="xs" c={saving instanceof Error ? "var(--bad)" : "dimmed"} role="status">
          {words}
        </Text>
        {draft ? (
          <Button size="compact-xs" flex="none" onClick={props.publish}>
            Save version
          </Button>
        ) : null}
      </Group>
      {mayPaint ? (
        <div className={classes.tools}>
          <Group gap={4} wrap="nowrap">
            <Act
              words="Paint (J)"
              Icon={IconBrush}
              pressed={tool === "paint"}
              off={!ready || segments.length === 0}
              onClick={() => onTool("paint")}
            />
            <Act
              words="Erase (Shift+J)"
              Icon={IconEraser}
              pressed={tool === "erase"}
              off={!ready}
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
              thumbLabel="Brush radius in millimetres"
            />
          </Group>
        </div>
      ) : null}
      <Radio.Group
        value={String(value)}
        onChange={(chosen) => choose(Number(chosen))}
        aria-label="Label to paint"
      >
        <ul className={classes.list}>
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
        </ul>
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
          Add a label
        </Button>
      ) : null}
    </aside>
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
        <Radio size="xs" value={String(value)} aria-label={`Paint ${label}`} disabled={!may} />
        <TextInput
          className={classes.name}
          key={label}
          size="xs"
          aria-label="Name of the label"
          defaultValue={label}
          maxLength={64}
          disabled={!may}
          onBlur={({ currentTarget }) => {
            const said = currentTarget.value.trim();
            if (said && said !== label) onChange({ label: said });
          }}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
        />
        <Act
          words={visible ? `Hide ${label}` : `Show ${label}`}
          Icon={visible ? IconEye : IconEyeOff}
          off={false}
          onClick={() => onChange({ visible: !visible })}
        />
        {may ? <Act words={`Remove ${label}`} Icon={IconTrash} off={false} onClick={onRemove} /> : null}
      </Group>
      <Group gap={8} wrap="nowrap" mt={4}>
        <ColorInput
          size="xs"
          w={110}
          aria-label={`Colour of ${label}`}
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

interface ActProps {
  words: string;
  Icon: typeof IconEye;
  pressed?: boolean;
  off: boolean;
  onClick: () => void;
}

function Act({ words, Icon, pressed, off, onClick }: ActProps) {
  return (
    <Tooltip label={words}>
      <ActionIcon
        variant={pressed ? "light" : "subtle"}
        color={pressed ? "indigo" : "gray"}
        aria-pressed={pressed}
        aria-label={words}
        disabled={off}
        onClick={onClick}
      >
        <Icon size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
