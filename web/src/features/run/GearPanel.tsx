import { Select } from "@mantine/core";
import { type Gear, suiteOf } from "@/api/gears";
import { t } from "@/i18n/text";
import { CATEGORY_WORDS } from "@/parts/jobs/categories";
import { Message } from "@/ui/Message";
import { Panel } from "@/ui/Panel";

interface GearPanelProps {
  gears: Gear[];
  gear: Gear | undefined;
  onChange: (id: string) => void;
}

/** Which gear, by suite; says why when there is none to choose. */
export function GearPanel({ gears, gear, onChange }: GearPanelProps) {
  if (gears.length === 0)
    return (
      <Message title={t("There is no gear that you may run here")}>
        {t(
          "Your role decides whether you may start gears that add files, or only analyses. An administrator of the project can give you another.",
        )}
      </Message>
    );
  return (
    <Panel title={t("Gear")}>
      <Select
        aria-label={t("Gear")}
        placeholder={t("Choose a gear")}
        searchable
        allowDeselect={false}
        data={bySuite(gears)}
        value={gear?._id ?? null}
        description={
          gear
            ? t("{category}, version {version}", {
                category: CATEGORY_WORDS[gear.category],
                version: gear.gear.version,
              })
            : undefined
        }
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
