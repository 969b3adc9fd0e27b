import { Kbd, Modal, Table } from "@mantine/core";

const KEYS: [keys: string[], does: string][] = [
  [["/"], "Find by name"],
  [["?"], "This list"],
  [["g", "h"], "Go home"],
  [["g", "p"], "Go to projects"],
  [["g", "s"], "Go to search"],
  [["g", "c"], "Go to collections"],
  [["g", "j"], "Go to jobs"],
  [["g", "m"], "Go to the mis-routed list"],
  [["g", "u"], "Go to your profile"],
  [["↑", "↓", "PgUp", "PgDn"], "Move in a table"],
  [["Enter"], "Open the row"],
  [["Space"], "Select the row"],
  [["Shift", "↑ ↓"], "Select several rows"],
  [["Esc"], "Close, or clear the selection"],
];

/** The list of keys. */
export function KeysHelp({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keyboard" size="sm">
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
