import { Select } from "@mantine/core";
import { type Gear, suiteOf } from "@/api/gears";
import { Panel } from "@/ui/Panel";

interface GearPanelProps {
  gears: Gear[];
  gear: Gear | undefined;
  onChange: (id: string) => void;
}

/** Which gear, by suite. */
export function GearPanel({ gears, gear, onChange }: GearPanelProps) {
  return (
    <Panel title="Gear">
      <Select
        aria-label="Gear"
        placeholder="Choose a gear"
        searchable
        allowDeselect={false}
        data={bySuite(gears)}
        value={gear?._id ?? null}
        description={gear ? `${gear.category}, version ${gear.gear.version}` : undefined}
        inputWrapperOrder={["input", "description"]}
        onChange={(next) => next && onChange(next)}
      />
    </Panel>
  );
}

/** With its version where there are several. */
const labelOf = ({ gear }: Gear, gears: Gear[]) =>
  gears.filter((one) => one.gear.name === gear.name).length > 1
    ? `${gear.label} ${gear.version}`
    : gear.label;

function bySuite(gears: Gear[]) {
  const suites = new Map<string, { value: string; label: string }[]>();
  for (const one of gears) {
    const items = suites.get(suiteOf(one)) ?? [];
    suites.set(suiteOf(one), [...items, { value: one._id, label: labelOf(one, gears) }]);
  }
  return [...suites].map(([group, items]) => ({ group, items }));
}
