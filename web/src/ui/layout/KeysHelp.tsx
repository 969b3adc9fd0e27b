import { Kbd, Modal, Table } from "@mantine/core";
import { t } from "@/i18n/text";

const KEYS: [keys: string[], does: string][] = [
  [["/"], t("Find by name")],
  [["?"], t("This list")],
  [["g", "h"], t("Go home")],
  [["g", "p"], t("Go to projects")],
  [["g", "s"], t("Go to search")],
  [["g", "c"], t("Go to collections")],
  [["g", "j"], t("Go to jobs")],
  [["g", "m"], t("Go to the mis-routed list")],
  [["g", "u"], t("Go to your profile")],
  [["↑", "↓", t("PgUp"), t("PgDn")], t("Move in a table")],
  [[t("Enter")], t("Open the row")],
  [[t("Space")], t("Select the row")],
  [[t("Shift"), "↑ ↓"], t("Select several rows")],
  [[t("Alt"), "↑ ↓"], t("Walk through earlier queries")],
  [["Esc"], t("Close, or clear the selection")],
];

/** The list of keys. */
export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title={t("Keyboard")} size="sm">
      <Table withRowBorders={false} verticalSpacing={4}>
        <Table.Tbody>
          {KEYS.map(([keys, does]) => (
            <Table.Tr key={does}>
              <Table.Td w={150}>
                {keys.map((key) => (
                  <Kbd key={key} size="xs" mr={4}>
                    {key}
                  </Kbd>
                ))}
              </Table.Td>
              <Table.Td>{does}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
