import { CloseButton, Text } from "@mantine/core";
import { useSessionStorage } from "@mantine/hooks";
import { t } from "@/i18n/text";
import classes from "./Workspace.module.css";

/** Says once what is different where the browser has no WebGL 2. */
export function NoGpu() {
  const [told, setTold] = useSessionStorage({
    key: "treadle.noGpu",
    defaultValue: false,
    getInitialValueInEffect: false,
  });
  if (told) return null;
  return (
    <div className={classes.note} role="status">
      <Text size="xs">
        {t(
          "This browser offers no WebGL 2: images are drawn more slowly, without three planes, labels and segmentations.",
        )}
      </Text>
      <CloseButton size="sm" aria-label={t("Close this note")} onClick={() => setTold(true)} />
    </div>
  );
}
