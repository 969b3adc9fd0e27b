import { Button, Select, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "@/api/client";
import { useIsAdmin } from "@/api/rights";
import type { Device } from "@/api/types";
import { figure, plural, t } from "@/i18n/text";
import { FormDialog } from "@/ui/FormDialog";
import { ago } from "@/ui/format";
import { ListPanel } from "@/ui/ListPanel";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { ShownOnce } from "@/ui/ShownOnce";
import { DeviceMark } from "./DeviceMark";
import { DEVICE_TYPES, type DeviceDoc, deviceStatusQuery, devicesQuery, typeWords } from "./devices";
import { infoOf, percent, totals } from "./figures";
import { HourBars } from "./HourBars";

/** Programs that bring data or do work: connectors, engines, uploaders. */
export function DevicesPage() {
  const found = useQuery(devicesQuery);
  const status = useQuery(deviceStatusQuery);
  const [adding, dialog] = useDisclosure(false);
  useCrumbs([{ label: t("Devices") }]);
  const devices = found.data ?? [];
  const add = useIsAdmin() ? (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
      {t("Add device")}
    </Button>
  ) : null;
  return (
    <Page>
      <PageHead
        title={t("Devices")}
        about={found.data ? plural(devices.length, "{count} device", "{count} devices") : " "}
        actions={add}
      />
      <ListPanel
        title={t("Devices")}
        untitled
        what={t("device list")}
        found={found}
        rows={found.data}
        rowKey={(device) => device._id}
        empty={
          <Message title={t("No devices yet")} action={add}>
            {t("Connectors and engines log in with the key of a device.")}
          </Message>
        }
        columns={[
          {
            head: t("Device"),
            cell: (device) => (
              <Link to="/admin/devices/$d" params={{ d: device._id }}>
                {device.label}
              </Link>
            ),
          },
          { head: t("Type"), cell: (device) => typeWords(device.type) },
          { head: t("Version"), cell: (device) => device.version },
          { head: t("State"), cell: (device) => <DeviceMark device={device} status={status.data} /> },
          { head: t("Last seen"), cell: (device) => (device.last_seen ? ago(device.last_seen) : t("never")) },
          { head: t("Images, 24 h"), cell: (device) => <Today device={device} /> },
          {
            head: t("Uploaded, 24 h"),
            number: true,
            cell: (device) => percent(totals(infoOf(device))?.["24h"].success_final),
          },
          { head: t("Waiting"), number: true, cell: (device) => figure(infoOf(device).unsent || null) },
          { head: t("Held"), number: true, cell: (device) => figure(infoOf(device).series?.held || null) },
          { head: t("Errors"), number: true, cell: (device) => device.errors?.length || "" },
        ]}
      />
      {adding ? <NewDevice onClose={dialog.close} /> : null}
    </Page>
  );
}

function Today({ device }: { device: DeviceDoc }) {
  const hours = totals(infoOf(device))?.hours;
  return hours ? <HourBars small words={t("Images")} start={hours.start} values={hours.instances} /> : null;
}

function NewDevice({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [label, setLabel] = useState("");
  const [type, setType] = useState<string | null>("connector");
  const make = useMutation({
    mutationFn: () => api.post<Device>("/devices", { label: label.trim(), type }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["devices"] }),
  });
  if (make.data?.key) {
    return (
      <ShownOnce
        title={t("Add device")}
        words={t("Copy the device’s key now. It is not shown again.")}
        secret={make.data.key}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t("Add device")}
      action={t("Add device")}
      busy={make.isPending}
      disabled={!label.trim()}
      error={make.error}
      onClose={onClose}
      onSubmit={() => make.mutate()}
    >
      <TextInput
        label={t("Label")}
        placeholder={t("MR scanner room 2")}
        data-autofocus
        maxLength={64}
        value={label}
        onChange={(event) => setLabel(event.currentTarget.value)}
      />
      <Select label={t("Type")} allowDeselect={false} data={DEVICE_TYPES} value={type} onChange={setType} />
    </FormDialog>
  );
}
