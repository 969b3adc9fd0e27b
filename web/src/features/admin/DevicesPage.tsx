import { Alert, Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconAlertTriangle, IconPlus } from "@tabler/icons-react";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { api } from "@/api/client";
import { useIsAdmin } from "@/api/rights";
import type { Device } from "@/api/types";
import { Copyable } from "@/ui/Copyable";
import { Failure } from "@/ui/Failure";
import { ago, count } from "@/ui/format";
import { Loading } from "@/ui/Loading";
import { useCrumbs } from "@/ui/layout/crumbsContext";
import { Message } from "@/ui/Message";
import { Page } from "@/ui/Page";
import { PageHead } from "@/ui/PageHead";
import { Panel } from "@/ui/Panel";
import { SimpleTable } from "@/ui/SimpleTable";
import { DeviceMark } from "./DeviceMark";
import { type DeviceDoc, deviceStatusQuery, devicesQuery } from "./devices";
import { infoOf, percent, totals } from "./figures";
import { HourBars } from "./HourBars";

/** Programs that bring data or do work: connectors, engines, uploaders. */
export function DevicesPage() {
  const found = useQuery(devicesQuery);
  const status = useQuery(deviceStatusQuery);
  const [adding, dialog] = useDisclosure(false);
  useCrumbs([{ label: "Devices" }]);
  const devices = found.data ?? [];
  const add = useIsAdmin() ? (
    <Button leftSection={<IconPlus size={16} />} onClick={dialog.open}>
      Add device
    </Button>
  ) : null;
  return (
    <Page>
      <PageHead title="Devices" about={found.data ? count(devices.length, "device") : " "} actions={add} />
      <Panel title="Devices" flush>
        {found.isPending ? <Loading /> : null}
        {found.error && !found.data ? (
          <Failure error={found.error} what="device list" onRetry={() => void found.refetch()} />
        ) : null}
        {found.data && devices.length === 0 ? (
          <Message title="No devices yet">Connectors and engines log in with the key of a device.</Message>
        ) : null}
        {devices.length > 0 ? (
          <SimpleTable
            label="Devices"
            rows={devices}
            rowKey={(device) => device._id}
            columns={[
              {
                head: "Device",
                cell: (device) => (
                  <Link to="/admin/devices/$d" params={{ d: device._id }}>
                    {device.label}
                  </Link>
                ),
              },
              { head: "Type", cell: (device) => device.type },
              { head: "Version", cell: (device) => device.version },
              { head: "State", cell: (device) => <DeviceMark device={device} status={status.data} /> },
              { head: "Last seen", cell: (device) => (device.last_seen ? ago(device.last_seen) : "never") },
              { head: "Images, 24 h", cell: (device) => <Today device={device} /> },
              {
                head: "Uploaded, 24 h",
                number: true,
                cell: (device) => percent(totals(infoOf(device))?.["24h"].success_final),
              },
              {
                head: "Waiting",
                number: true,
                cell: (device) => infoOf(device).unsent || "",
              },
              {
                head: "Held",
                number: true,
                cell: (device) => infoOf(device).series?.held || "",
              },
              { head: "Errors", number: true, cell: (device) => device.errors?.length || "" },
            ]}
          />
        ) : null}
      </Panel>
      {adding ? <NewDevice onClose={dialog.close} /> : null}
    </Page>
  );
}

function Today({ device }: { device: DeviceDoc }) {
  const hours = totals(infoOf(device))?.hours;
  return hours ? <HourBars small words="Images" start={hours.start} values={hours.instances} /> : null;
}

function NewDevice({ onClose }: { onClose: () => void }) {
  const queries = useQueryClient();
  const [label, setLabel] = useState("");
  const [type, setType] = useState<string | null>("connector");
  const make = useMutation({
    mutationFn: () => api.post<Device>("/devices", { label: label.trim(), type }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["devices"] }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <Modal opened onClose={onClose} title="Add device" closeOnClickOutside={!make.data}>
      {make.data?.key ? (
        <Stack gap="sm">
          <Alert color="yellow" variant="light" icon={<IconAlertTriangle size={18} />} p="xs">
            Copy the device’s key now. It is not shown again.
          </Alert>
          <Copyable text={make.data.key} label="key" />
          <Group justify="flex-end">
            <Button onClick={onClose}>Done</Button>
          </Group>
        </Stack>
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Label"
              placeholder="MR scanner room 2"
              data-autofocus
              maxLength={64}
              value={label}
              onChange={(event) => setLabel(event.currentTarget.value)}
              error={make.error?.message}
            />
            <Select
              label="Type"
              allowDeselect={false}
              data={["connector", "engine", "uploader"]}
              value={type}
              onChange={setType}
            />
            <Group justify="flex-end" gap={8}>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={make.isPending} disabled={!label.trim()}>
                Add device
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
