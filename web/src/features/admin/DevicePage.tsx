import { Button, Code, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useChange, useRemoval } from "@/api/useChange";
import { plural, t } from "@/i18n/text";
import { KeysPanel } from "@/parts/keys/KeysPanel";
import { Columns } from "@/ui/Columns";
import { Facts } from "@/ui/Facts";
import { Failure } from "@/ui/Failure";
import { ago, dateTime } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { RemoveButton } from "@/ui/RemoveButton";
import { DeviceMark } from "./DeviceMark";
import { DeviceTiles } from "./DeviceTiles";
import { type DeviceDoc, deviceQuery, deviceStatusQuery, typeWords } from "./devices";
import { EnginePanels } from "./EnginePanels";
import { infoOf, totals } from "./figures";
import { HeldPanel } from "./HeldPanel";
import { HourBars } from "./HourBars";
import { IncidentsPanel } from "./IncidentsPanel";
import { ReasonsPanel } from "./ReasonsPanel";
import { ReceivedPanel } from "./ReceivedPanel";
import { ScannersPanel } from "./ScannersPanel";

const DEVICES = ["devices"];

/** One device: how it is, what it brought and what it could not, what troubles it, its keys. */
export function DevicePage() {
  const { d } = useParams({ from: "/inside/framed/admins/admin/devices/$d" });
  const found = useQuery(deviceQuery(d));
  const status = useQuery(deviceStatusQuery);
  const device = found.data;
  useCrumbs([{ label: t("Devices"), href: "/admin/devices" }, { label: device?.label ?? "" }]);
  if (found.error && !device)
    return <Failure error={found.error} what={t("device")} onRetry={() => void found.refetch()} />;
  if (!device) return <Loading />;
  const says = Object.keys(device.info).length > 0;
  const info = infoOf(device);
  const all = totals(info);
  const held = info.held ?? [];
  // What is held back is told in detail below.
  const errors = device.errors.filter((error) => held.length === 0 || !error.startsWith("held:"));
  return (
    <Page>
      <PageHead
        title={device.label}
        kind={t("Device, {type}", { type: typeWords(device.type) })}
        about={<DeviceMark device={device} status={status.data} />}
        actions={<DeviceActions device={device} />}
      />
      {says ? <DeviceTiles device={device} all={all} /> : null}
      <Columns
        main={
          <>
            <ErrorsPanel errors={errors} />
            <HeldPanel held={held} total={info.series?.held ?? 0} />
            {all && info.figures ? (
              <>
                <Panel title={t("Images received, last 24 hours")}>
                  <HourBars words={t("Images")} start={all.hours.start} values={all.hours.instances} />
                </Panel>
                <Panel title={t("Series uploaded, last 24 hours")}>
                  <HourBars
                    words={t("Series")}
                    start={all.hours.start}
                    values={all.hours.series_uploaded}
                    bad={all.hours.series_failed}
                    badWords={(count) => plural(count, "{count} failed attempts", "{count} failed attempts")}
                  />
                </Panel>
                <ScannersPanel figures={info.figures} />
              </>
            ) : null}
            {says || device.type === "connector" ? <ReceivedPanel id={d} /> : null}
            {device.type === "engine" ? <EnginePanels device={d} /> : null}
            <IncidentsPanel id={d} />
            <KeysPanel
              title={t("Keys")}
              keys={device.api_keys}
              found={found}
              restrictable={false}
              path={`/devices/${d}/key`}
              about={t("The device cannot log in.")}
              stale={DEVICES}
            />
            {says ? (
              <Panel title={t("Last heartbeat")}>
                <details>
                  <summary>{t("What it says of itself, word for word")}</summary>
                  <Code block>{JSON.stringify(device.info, null, 2)}</Code>
                </details>
              </Panel>
            ) : null}
          </>
        }
        side={
          <>
            <Panel title={t("About")}>
              <Facts
                facts={[
                  [t("Last seen"), device.last_seen ? ago(device.last_seen) : t("never")],
                  [
                    t("Heartbeat"),
                    device.interval
                      ? plural(
                          device.interval,
                          "at least every {count} second",
                          "at least every {count} seconds",
                        )
                      : t("not promised"),
                  ],
                  [t("Version"), device.version],
                  [t("Added"), dateTime(device.created)],
                  [
                    t("Device id"),
                    <span key="id" className="mono">
                      {device._id}
                    </span>,
                  ],
                ]}
              />
            </Panel>
            {all ? <ReasonsPanel shares={all["7d"].misrouted} /> : null}
            <Rename key={device.label} device={device} />
          </>
        }
      />
    </Page>
  );
}

function ErrorsPanel({ errors }: { errors: string[] }) {
  if (errors.length === 0) return null;
  return (
    <Panel title={t("Errors")}>
      <ul style={{ margin: 0, paddingLeft: 18, overflowWrap: "anywhere" }}>
        {errors.map((error) => (
          <li key={error}>{error}</li>
        ))}
      </ul>
    </Panel>
  );
}

function DeviceActions({ device }: { device: DeviceDoc }) {
  const navigate = useNavigate();
  const change = useChange((disabled: boolean) => api.put(`/devices/${device._id}`, { disabled }), DEVICES);
  const remove = useRemoval(
    () => api.delete(`/devices/${device._id}`),
    () => navigate({ to: "/admin/devices" }),
    DEVICES,
  );
  return (
    <>
      <Button variant="default" loading={change.isPending} onClick={() => change.mutate(!device.disabled)}>
        {device.disabled ? t("Enable") : t("Disable")}
      </Button>
      <RemoveButton what={t("device")} remove={remove}>
        {t("The keys of “{label}” stop working at once. What it sent stays.", { label: device.label })}
      </RemoveButton>
    </>
  );
}

function Rename({ device }: { device: DeviceDoc }) {
  const [label, setLabel] = useState(device.label);
  const save = useChange(() => api.put(`/devices/${device._id}`, { label: label.trim() }), DEVICES);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate(undefined);
  };
  return (
    <Panel title={t("Label")}>
      <form onSubmit={submit}>
        <TextInput
          aria-label={t("Label")}
          maxLength={64}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
        />
        {label.trim() && label.trim() !== device.label ? (
          <Button type="submit" size="xs" variant="default" mt={8} loading={save.isPending}>
            {t("Rename")}
          </Button>
        ) : null}
      </form>
    </Panel>
  );
}
