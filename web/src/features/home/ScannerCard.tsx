import { Text } from "@mantine/core";
import { useMe } from "@/api/queries";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Panel } from "@/ui/Panel";

/** What to type into a scanner so that its studies come here. */
export function ScannerCard() {
  const { dicom } = useMe().site;
  return (
    <Panel title="Send from a scanner">
      <Facts
        facts={[
          ["AE title", <Copyable key="ae" text={dicom.ae_title} label="AE title" />],
          ["Host", <Copyable key="host" text={window.location.hostname} label="host" />],
          ["Port", <Copyable key="port" text={String(dicom.port)} label="port" />],
          [
            "Patient ID",
            <Copyable key="id" text="fw://group/project/subject/session" label="routing string" />,
          ],
        ]}
      />
      <Text size="sm" c="dimmed" mt={8}>
        The routing string in Patient ID decides where a study goes. Subject and session may be left out. Each
        project shows its own string.
      </Text>
    </Panel>
  );
}
