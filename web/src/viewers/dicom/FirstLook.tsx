import { type ReactNode, useEffect, useState } from "react";
import { t } from "@/i18n/text";
import classes from "./FirstLook.module.css";
import { known, lookAt } from "./look";

interface FirstLookProps {
  /** Where the image is; null where none can be shown yet. */
  address: string | null;
  /** Once it is shown, or cannot be. */
  onSettled?: () => void;
  /** What stands here meanwhile. */
  children: ReactNode;
}

/** The image that a series is shown from, still, until the series can be moved through: no canvas yet. */
export function FirstLook({ address, onSettled, children }: FirstLookProps) {
  const [, setSettled] = useState<string | null>(null);
  const look = address === null ? undefined : known(address);
  useEffect(() => {
    let gone = false;
    if (address !== null) void lookAt(address).then(() => gone || setSettled(address));
    return () => {
      gone = true;
    };
  }, [address]);
  useEffect(() => {
    if (look === null) onSettled?.();
  }, [look, onSettled]);
  if (!look) return children;
  // When the browser has shown it.
  const shown = () => requestAnimationFrame(() => requestAnimationFrame(() => onSettled?.()));
  return (
    <img
      className={classes.image}
      src={look}
      alt={t("First image")}
      onLoad={shown}
      data-testid="first-look"
    />
  );
}
