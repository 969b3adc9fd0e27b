import { Code, Modal } from "@mantine/core";
import type { LogLine } from "@/api/types";
import { t } from "@/i18n/text";
import { Facts } from "@/ui/Facts";
import { originWords } from "@/ui/originWords";
import { accessWords } from "./accessWords";

/** One entry of the access log, whole. */
export function LogDetails({ line, onClose }: { line: LogLine; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={accessWords(line.access_type)} size="lg">
      <Facts
        facts={[
          [t("When"), line.timestamp],
          [t("Who"), originWords(line.origin)],
          [t("Request"), `${line.request_method} ${line.request_path}`],
          [
            t("Entry"),
            <span key="id" className="mono">
              {line._id}
            </span>,
          ],
        ]}
      />
      <Code block mt="sm">
        {JSON.stringify(line.context, null, 2)}
      </Code>
    </Modal>
  );
}
