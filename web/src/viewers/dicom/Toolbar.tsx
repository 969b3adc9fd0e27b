import { Button, Divider, Menu, NumberInput } from "@mantine/core";
import {
  IconAngle,
  IconArrowsMove,
  IconArrowsVertical,
  IconArrowUpRight,
  IconBrightnessHalf,
  IconBrush,
  IconCircle,
  IconColorPicker,
  IconContrast,
  IconCrosshair,
  IconCube,
  IconDimensions,
  IconFlipHorizontal,
  IconFlipVertical,
  IconLasso,
  IconLetterT,
  IconLink,
  IconListDetails,
  IconOvalVertical,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRectangle,
  IconRestore,
  IconRotateClockwise,
  IconRuler,
  IconSearch,
  IconSlice,
  IconStar,
  IconVectorSpline,
  IconZoomIn,
  IconZoomOut,
  IconZoomScan,
} from "@tabler/icons-react";
import type { ReactNode } from "react";
import { t } from "@/i18n/text";
import { GRIDS, type Layout } from "./layout";
import type { OverlayText } from "./Overlay";
import { presetsOf } from "./presets";
import { type Tool, ToolButton, ToolButtons } from "./ToolButton";
import classes from "./Toolbar.module.css";
import type { ToolName } from "./tools";
import type { ViewerActions } from "./useViewerKeys";

interface ToolbarState {
  tool: ToolName;
  layout: Layout;
  /** Whether the graphics processor draws. */
  gpu: boolean;
  volume: boolean;
  mayDraw: boolean;
  linked: boolean;
  lines: boolean;
  text: OverlayText;
  playing: boolean;
  speed: number;
  inverted: boolean;
  many: boolean;
  modality: string | null;
  onSpeed: (speed: number) => void;
  onText: (text: OverlayText) => void;
  labelled: boolean;
  listed: boolean;
  onListed: () => void;
}

const MOVING: Tool<ToolName>[] = [
  ["window", t("Window (W)"), IconBrightnessHalf],
  ["scroll", t("Scroll (S)"), IconArrowsVertical],
  ["zoom", t("Zoom (Z)"), IconZoomScan],
  ["pan", t("Pan (P)"), IconArrowsMove],
];
const STACK: Tool<ToolName>[] = [["magnify", t("Magnify (M)"), IconSearch]];
const PLANES: Tool<ToolName>[] = [["cross", t("Crosshairs (C)"), IconCrosshair]];
const DRAWING: Tool<ToolName>[] = [
  ["length", t("Length (L)"), IconRuler],
  ["angle", t("Angle (A)"), IconAngle],
  ["cobb", t("Cobb angle (Shift+A)"), IconVectorSpline],
  ["bidirectional", t("Two diameters (D)"), IconDimensions],
  ["rectangle", t("Rectangle (B)"), IconRectangle],
  ["ellipse", t("Ellipse (E)"), IconOvalVertical],
  ["circle", t("Circle (Shift+E)"), IconCircle],
  ["freehand", t("Freehand (F)"), IconLasso],
  ["arrow", t("Arrow (T)"), IconArrowUpRight],
  ["text", t("Text (Shift+T)"), IconLetterT],
  ["probe", t("Probe (O)"), IconColorPicker],
];
const TEXTS: [OverlayText, string][] = [
  ["labels", t("Names in Treadle")],
  ["header", t("Names in the header")],
  ["none", t("No names")],
];

interface ToolbarProps {
  actions: ViewerActions;
  state: ToolbarState;
  /** Menus of the place that the bar is in. */
  children: ReactNode;
}

/** The viewer's tools: what the left mouse button does, and things done at once. */
export function Toolbar({ actions, state, children }: ToolbarProps) {
  const { pane } = actions;
  const presets = presetsOf(state.modality);
  const grid = state.layout.planes ? "" : `${state.layout.rows}x${state.layout.columns}`;
  const several = !state.layout.planes && grid !== "1x1";
  return (
    <div className={classes.bar} role="toolbar" aria-label={t("Viewer tools")}>
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant="subtle" color="gray">
            {t("Layout {grid}", { grid: grid.replace("x", " × ") })}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {GRIDS.map((one) => (
            <Menu.Item key={one} onClick={() => actions.layout(one)} aria-current={one === grid || undefined}>
              {one.replace("x", " × ")}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <ToolButton
        words={state.gpu ? t("Three planes (N)") : t("Three planes: they need WebGL 2")}
        Icon={IconCube}
        pressed={state.layout.planes !== null}
        disabled={!state.volume && !state.layout.planes}
        onClick={actions.planes}
      />
      {several ? (
        <>
          <ToolButton
            words={t("Scroll together (Y)")}
            Icon={IconLink}
            pressed={state.linked}
            onClick={actions.link}
          />
          <ToolButton
            words={t("Reference lines (X)")}
            Icon={IconSlice}
            pressed={state.lines}
            onClick={actions.lines}
          />
        </>
      ) : null}
      <Divider orientation="vertical" my={8} />
      <ToolButtons tools={MOVING} chosen={state.tool} onChoose={actions.tool} />
      <ToolButtons
        tools={[...(state.layout.planes ? PLANES : STACK), ...(state.mayDraw ? DRAWING : [])]}
        chosen={state.tool}
        onChoose={actions.tool}
      />
      <Divider orientation="vertical" my={8} />
      <ToolButton words={t("Zoom in (+)")} Icon={IconZoomIn} onClick={() => pane.zoom(1.25)} />
      <ToolButton words={t("Zoom out (-)")} Icon={IconZoomOut} onClick={() => pane.zoom(0.8)} />
      <ToolButton
        words={t("Invert (I)")}
        Icon={IconContrast}
        pressed={state.inverted}
        onClick={pane.invert}
      />
      <ToolButton
        words={t("Flip sideways (H)")}
        Icon={IconFlipVertical}
        onClick={() => pane.flip("flipHorizontal")}
      />
      <ToolButton
        words={t("Flip upside down (V)")}
        Icon={IconFlipHorizontal}
        onClick={() => pane.flip("flipVertical")}
      />
      <ToolButton words={t("Rotate (.)")} Icon={IconRotateClockwise} onClick={pane.rotate} />
      <ToolButton words={t("Reset (R)")} Icon={IconRestore} onClick={pane.reset} />
      {presets.length > 0 ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="xs" variant="subtle" color="gray">
              {t("Presets")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {presets.map((preset) => (
              <Menu.Item
                key={preset.name}
                onClick={() => pane.window(preset)}
                rightSection={`${preset.width} / ${preset.center}`}
              >
                {preset.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      <Menu position="bottom-start">
        <Menu.Target>
          <Button size="xs" variant="subtle" color="gray">
            {t("Text")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {TEXTS.map(([text, words]) => (
            <Menu.Item
              key={text}
              onClick={() => state.onText(text)}
              aria-current={text === state.text || undefined}
            >
              {words}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {children}
      {state.mayDraw ? <ToolButton words={t("Key image (K)")} Icon={IconStar} onClick={actions.key} /> : null}
      <ToolButton
        words={state.gpu ? t("Labels (G)") : t("Labels: they need WebGL 2")}
        Icon={IconBrush}
        pressed={state.labelled}
        disabled={!state.volume || state.layout.planes !== null}
        onClick={actions.labels}
      />
      <ToolButton
        words={t("Measurements")}
        Icon={IconListDetails}
        pressed={state.listed}
        onClick={state.onListed}
      />
      {state.many ? (
        <>
          <Divider orientation="vertical" my={8} />
          <ToolButton
            words={state.playing ? t("Pause (Space)") : t("Play (Space)")}
            Icon={state.playing ? IconPlayerPauseFilled : IconPlayerPlayFilled}
            onClick={actions.play}
          />
          <NumberInput
            size="xs"
            w={76}
            miw={76}
            min={1}
            max={60}
            clampBehavior="strict"
            suffix=" /s"
            aria-label={t("Images per second")}
            value={state.speed}
            onChange={(value) => state.onSpeed(Number(value) || 1)}
          />
        </>
      ) : null}
    </div>
  );
}
