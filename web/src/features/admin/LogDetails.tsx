import { Code, Modal } from "@mantine/core";
import type { LogLine } from "@/api/types";
import { Facts } from "@/ui/Facts";
import { words } from "./logColumns";

/** One entry of the access log, whole. */
export function LogDetails({ line, onClose }: { line: LogLine; onClose: () => void }) {
  return (
    <Modal opened onClose={onClose} title={words(line.access_type)} size="lg">
      <Facts
        facts={[
          ["When", line.timestamp],
          ["Who", [line.origin.type, line.origin.id].filter(Boolean).join(" ")],
          ["Request", `${line.request_method} ${line.request_path}`],
          [
            "Entry",
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
