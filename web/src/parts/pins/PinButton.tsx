import { ActionIcon } from "@mantine/core";
import { IconStar, IconStarFilled } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import classes from "./PinButton.module.css";

interface PinButtonProps {
  label: string;
  pinned: boolean;
  onToggle: () => void;
}

/** A star: a pinned project stands first on the home page. */
export function PinButton({ label, pinned, onToggle }: PinButtonProps) {
  const Icon = pinned ? IconStarFilled : IconStar;
  return (
    <ActionIcon
      className={classes.pin}
      variant="subtle"
      color={pinned ? "indigo" : "gray"}
      size={24}
      aria-label={t("Pin {label}", { label })}
      aria-pressed={pinned}
      title={pinned ? t("Pinned: first on the home page") : t("Pin to the home page")}
      onClick={onToggle}
    >
      <Icon size={15} stroke={1.6} />
    </ActionIcon>
  );
}
