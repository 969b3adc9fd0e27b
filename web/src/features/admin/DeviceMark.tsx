import type { DeviceStatus } from "@/api/types";
import { StateMark } from "@/ui/StateMark";
import type { DeviceDoc } from "./devices";

const MARKS = {
  ok: ["ok", "ok"],
  missing: ["warn", "not heard of"],
  error: ["bad", "reports errors"],
  unknown: ["off", "sends no heartbeat"],
} as const;

/** How a device is, by what it last said of itself. */
export function DeviceMark({
  device,
  status,
}: {
  device: DeviceDoc;
  status: Record<string, DeviceStatus> | undefined;
}) {
  if (device.disabled) return <StateMark state="off" words="disabled" />;
  const found = status?.[device._id];
  if (!found) return null;
  const [state, words] = MARKS[found.status];
  return <StateMark state={state} words={words} title={found.errors.join("\n")} />;
}
