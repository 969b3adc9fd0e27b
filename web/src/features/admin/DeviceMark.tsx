import type { DeviceStatus } from "@/api/types";
import { t } from "@/i18n/text";
import { StateMark } from "@/ui/StateMark";
import type { DeviceDoc } from "./devices";

const MARKS = {
  ok: ["ok", t("ok")],
  missing: ["warn", t("not heard of")],
  error: ["bad", t("reports errors")],
  unknown: ["off", t("sends no heartbeat")],
} as const;

/** How a device is, by what it last said of itself. */
export function DeviceMark({
  device,
  status,
}: {
  device: DeviceDoc;
  status: Record<string, DeviceStatus> | undefined;
}) {
  if (device.disabled) return <StateMark state="off" words={t("disabled")} />;
  const found = status?.[device._id];
  if (!found) return null;
  const [state, words] = MARKS[found.status];
  return <StateMark state={state} words={words} title={found.errors.join("\n")} />;
}
