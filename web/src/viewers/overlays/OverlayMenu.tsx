import { Button, Menu, Text } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import { KIND_WORDS, type OverlayObject } from "./store";

interface OverlayMenuProps {
  objects: OverlayObject[];
  shown: ReadonlyMap<string, unknown>;
  problem: string | null;
  /** Whether layers of labels can be drawn. */
  layers: boolean;
  onToggle: (object: OverlayObject) => void;
}

/** The objects of the study that can be laid over the series; nothing where there are none. */
export function OverlayMenu({ objects, shown, problem, layers, onToggle }: OverlayMenuProps) {
  if (objects.length === 0) return null;
  return (
    <>
      <Menu position="bottom-start" closeOnItemClick={false}>
        <Menu.Target>
          <Button size="xs" variant="subtle" color="gray">
            {t("Overlays")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {objects.map((object) => (
            <Menu.Item
              key={object.sopUid}
              role="menuitemcheckbox"
              aria-checked={shown.has(object.sopUid)}
              leftSection={
                shown.has(object.sopUid) ? <IconCheck size={16} /> : <span style={{ width: 16 }} />
              }
              rightSection={
                <Text size="xs" c="dimmed">
                  {object.kind === "seg" && !layers
                    ? t("Segmentation: needs WebGL 2")
                    : KIND_WORDS[object.kind]}
                </Text>
              }
              disabled={object.kind === "seg" && !layers}
              onClick={() => onToggle(object)}
            >
              {object.name}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {problem ? (
        <Text size="xs" c="var(--bad)" role="alert">
          {problem}
        </Text>
      ) : null}
    </>
  );
}
