import { ActionIcon, Button, Divider, Group, Menu, NumberInput, Tooltip } from "@mantine/core";
import {
  IconArrowsMove,
  IconArrowsVertical,
  IconBrightnessHalf,
  IconContrast,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconRestore,
  IconZoomIn,
  IconZoomOut,
  IconZoomScan,
} from "@tabler/icons-react";
import type { ToolName } from "./engine";
import type { Preset } from "./stack";
import classes from "./Toolbar.module.css";

interface ToolbarActions {
  tool: (tool: ToolName) => void;
  play: () => void;
  reset: () => void;
  invert: () => void;
  zoom: (factor: number) => void;
}

interface ToolbarState {
  active: ToolName;
  playing: boolean;
  speed: number;
  inverted: boolean;
  many: boolean;
  presets: Preset[];
  onSpeed: (speed: number) => void;
  onPreset: (preset: Preset) => void;
}

const TOOLS = [
  ["window", "Window (W)", IconBrightnessHalf],
  ["scroll", "Scroll (S)", IconArrowsVertical],
  ["zoom", "Zoom (Z)", IconZoomScan],
  ["pan", "Pan (P)", IconArrowsMove],
] as const;

/** The viewer's tools: what the left mouse button does, and things done at once. */
export function Toolbar({ actions, state }: { actions: ToolbarActions; state: ToolbarState }) {
  const now = [
    ["Zoom in (+)", IconZoomIn, () => actions.zoom(1.25), undefined],
    ["Zoom out (-)", IconZoomOut, () => actions.zoom(0.8), undefined],
    ["Invert (I)", IconContrast, actions.invert, state.inverted],
    ["Reset (R)", IconRestore, actions.reset, undefined],
  ] as const;
  return (
    <div className={classes.bar} role="toolbar" aria-label="Viewer tools">
      <Group gap={2} wrap="nowrap">
        {TOOLS.map(([name, words, Icon]) => (
          <Tooltip key={name} label={words}>
            <ActionIcon
              size={34}
              variant={state.active === name ? "light" : "subtle"}
              color={state.active === name ? "indigo" : "gray"}
              aria-pressed={state.active === name}
              aria-label={words}
              onClick={() => actions.tool(name)}
            >
              <Icon size={19} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        ))}
      </Group>
      <Divider orientation="vertical" my={8} />
      <Group gap={2} wrap="nowrap">
        {now.map(([words, Icon, run, pressed]) => (
          <Tooltip key={words} label={words}>
            <ActionIcon
              size={34}
              variant={pressed ? "light" : "subtle"}
              color={pressed ? "indigo" : "gray"}
              aria-pressed={pressed}
              aria-label={words}
              onClick={run}
            >
              <Icon size={19} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        ))}
      </Group>
      {state.presets.length > 0 ? (
        <Menu position="bottom-start">
          <Menu.Target>
            <Button size="xs" variant="subtle" color="gray">
              Presets
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {state.presets.map((preset) => (
              <Menu.Item
                key={preset.name}
                onClick={() => state.onPreset(preset)}
                rightSection={`${preset.width} / ${preset.center}`}
              >
                {preset.name}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      ) : null}
      {state.many ? (
        <>
          <Divider orientation="vertical" my={8} />
          <Group gap={4} wrap="nowrap">
            <Tooltip label={state.playing ? "Pause (Space)" : "Play (Space)"}>
              <ActionIcon
                size={34}
                variant={state.playing ? "light" : "subtle"}
                color={state.playing ? "indigo" : "gray"}
                aria-label={state.playing ? "Pause" : "Play"}
                onClick={actions.play}
              >
                {state.playing ? <IconPlayerPauseFilled size={17} /> : <IconPlayerPlayFilled size={17} />}
              </ActionIcon>
            </Tooltip>
            <NumberInput
              size="xs"
              w={92}
              min={1}
              max={60}
              clampBehavior="strict"
              suffix=" /s"
              aria-label="Images per second"
              value={state.speed}
              onChange={(value) => state.onSpeed(Number(value) || 1)}
            />
          </Group>
        </>
      ) : null}
    </div>
  );
}
