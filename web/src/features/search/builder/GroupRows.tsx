import { Button, CloseButton, Group as Row, SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { t } from "@/i18n/text";
import classes from "./Builder.module.css";
import { ConditionRow } from "./ConditionRow";
import { type Condition, type Group, type Item, isGroup } from "./tree";

const NEW: Condition = { field: "", op: "=", not: false, values: [], quoted: false };

interface GroupRowsProps {
  group: Group;
  onChange: (group: Group) => void;
  onRemove?: () => void;
}

/** Conditions of which all or any must hold. */
export function GroupRows({ group, onChange, onRemove }: GroupRowsProps) {
  const { items } = group;
  const put = (at: number, item: Item) =>
    onChange({ ...group, items: items.map((old, index) => (index === at ? item : old)) });
  const remove = (at: number) => onChange({ ...group, items: items.filter((_, index) => index !== at) });
  const add = (item: Item) => onChange({ ...group, items: [...items, item] });
  return (
    <fieldset className={classes.group} data-inner={onRemove ? true : undefined}>
      <legend className="visually-hidden">
        {group.join === "and" ? t("All of these hold") : t("Any of these holds")}
      </legend>
      {items.length > 1 || onRemove ? (
        <Row gap={8} justify="space-between">
          <SegmentedControl
            size="xs"
            aria-label={t("How the conditions are joined")}
            data={[
              { value: "and", label: t("All hold") },
              { value: "or", label: t("Any holds") },
            ]}
            value={group.join}
            onChange={(join) => onChange({ ...group, join: join as Group["join"] })}
          />
          {onRemove ? <CloseButton size={28} aria-label={t("Remove this group")} onClick={onRemove} /> : null}
        </Row>
      ) : null}
      {items.map((item, at) =>
        isGroup(item) ? (
          <GroupRows
            // Rows have no name of their own: their place is what they are.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            group={item}
            onChange={(next) => put(at, next)}
            onRemove={() => remove(at)}
          />
        ) : (
          <ConditionRow
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={at}
            condition={item}
            onChange={(next) => put(at, next)}
            onRemove={() => remove(at)}
          />
        ),
      )}
      <Row gap={8}>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconPlus size={14} />}
          onClick={() => add(NEW)}
        >
          {t("Condition")}
        </Button>
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          leftSection={<IconPlus size={14} />}
          onClick={() => add({ join: group.join === "and" ? "or" : "and", items: [NEW] })}
        >
          {t("Group")}
        </Button>
      </Row>
    </fieldset>
  );
}
