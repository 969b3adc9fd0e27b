import { Button, Checkbox, Group, Popover, Select, Slider, Stack, Text } from "@mantine/core";
import { IconStack2 } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import type { Shown } from "../preview/content";
import type { Layer } from "./useNiivue";

interface LayerMenuProps {
  layers: Layer[];
  others: Shown[];
  colormaps: string[];
  onChange: (layers: Layer[]) => void;
}

const COLORS = ["red", "cool", "green", "warm", "blue"];

/** Colours of the volume, and which others lie over it. */
export function LayerMenu({ layers, others, colormaps, onChange }: LayerMenuProps) {
  const change = (file: Shown, part: Partial<Layer>) =>
    onChange(layers.map((layer) => (layer.file.fileId === file.fileId ? { ...layer, ...part } : layer)));
  const toggle = (file: Shown, on: boolean) => {
    const colormap = COLORS[(layers.length - 1) % COLORS.length] ?? "red";
    onChange(
      on
        ? [...layers, { file, colormap, opacity: 0.5 }]
        : layers.filter((layer) => layer.file.fileId !== file.fileId),
    );
  };
  const base = layers[0]?.file;
  return (
    <Popover position="bottom-start" shadow="md" width={340}>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconStack2 size={16} />}>
          {t("Layers")}
          {layers.length > 1 ? ` (${layers.length})` : ""}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="md" mah={420} style={{ overflowY: "auto" }}>
          {(base ? [base, ...others] : others).map((file) => {
            const layer = layers.find((one) => one.file.fileId === file.fileId);
            return (
              <div key={file.fileId}>
                <Checkbox
                  size="sm"
                  label={file.name}
                  checked={layer !== undefined}
                  disabled={file === base}
                  onChange={(event) => toggle(file, event.currentTarget.checked)}
                />
                {layer ? (
                  <Group gap="sm" mt={6} wrap="nowrap">
                    <Select
                      size="xs"
                      w={130}
                      searchable
                      allowDeselect={false}
                      aria-label={t("Colours of {name}", { name: file.name })}
                      data={colormaps}
                      value={layer.colormap}
                      onChange={(value) => change(file, { colormap: value ?? "gray" })}
                      comboboxProps={{ withinPortal: false }}
                    />
                    <Slider
                      flex={1}
                      size="sm"
                      min={0}
                      max={1}
                      step={0.05}
                      label={(value) => `${Math.round(value * 100)} %`}
                      thumbLabel={t("Opacity of {name}", { name: file.name })}
                      value={layer.opacity}
                      onChange={(opacity) => change(file, { opacity })}
                    />
                  </Group>
                ) : null}
              </div>
            );
          })}
          {others.length === 0 ? (
            <Text size="sm" c="dimmed">
              {t("No other volume is beside this one.")}
            </Text>
          ) : null}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
