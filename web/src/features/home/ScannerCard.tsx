import { Text } from "@mantine/core";
import { useMe } from "@/api/queries";
import { t } from "@/i18n/text";
import { Copyable } from "@/ui/Copyable";
import { Facts } from "@/ui/Facts";
import { Panel } from "@/ui/Panel";

/** What to type into a scanner so that its studies come here. */
export function ScannerCard() {
  const { dicom } = useMe().site;
  return (
    <Panel title={t("Send from a scanner")}>
      <Facts
        facts={[
          [t("AE title"), <Copyable key="ae" text={dicom.ae_title} label={t("AE title")} />],
          [t("Host"), <Copyable key="host" text={window.location.hostname} label={t("host")} />],
          [t("Port"), <Copyable key="port" text={String(dicom.port)} label={t("port")} />],
          [
            t("Patient ID"),
            <Copyable key="id" text={t("fw://group/project/subject/session")} label={t("routing string")} />,
          ],
        ]}
      />
      <Text size="sm" c="dimmed" mt={8}>
        {t(
          "The routing string in Patient ID decides where a study goes. Subject and session may be left out. Each project shows its own string.",
        )}
      </Text>
    </Panel>
  );
}
