import { ActionIcon, Button, Popover, ScrollArea, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue, useDisclosure } from "@mantine/hooks";
import { IconBookmarks, IconChevronDown, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "@/api/client";
import { contains } from "@/api/filters";
import { useMe } from "@/api/queries";
import { useIsAdmin } from "@/api/rights";
import { useChange } from "@/api/useChange";
import { t } from "@/i18n/text";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";
import classes from "./Search.module.css";
import { type SavedQuery, SHARED, savedQuery, stateOf } from "./saved";
import type { SearchState } from "./search";

interface SavedMenuProps {
  onOpen: (state: SearchState) => void;
  /** Before it is gone, so that nothing asks for it any more. */
  onForget: (id: string) => void;
}

/** All saved queries one may see: to run, and to forget one's own. */
export function SavedMenu({ onOpen, onForget }: SavedMenuProps) {
  const [opened, menu] = useDisclosure(false);
  const [removing, setRemoving] = useState<SavedQuery | null>(null);
  const remove = useChange((id: string) => api.delete(`/dataexplorer/queries/${id}`));
  return (
    <>
      <Popover opened={opened} onChange={menu.toggle} position="bottom-end" shadow="md" width={340} trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<IconBookmarks size={16} />}
            rightSection={<IconChevronDown size={14} />}
            aria-expanded={opened}
            onClick={menu.toggle}
          >
            {t("Saved queries")}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={8}>
          <SavedList
            onOpen={(one) => {
              menu.close();
              onOpen(stateOf(one));
            }}
            onRemove={(one) => {
              menu.close();
              setRemoving(one);
            }}
          />
        </Popover.Dropdown>
      </Popover>
      <ConfirmDialog
        opened={removing !== null}
        title={t("Delete this saved query?")}
        action={t("Delete query")}
        busy={remove.isPending}
        onClose={() => setRemoving(null)}
        onConfirm={() => {
          if (!removing) return;
          onForget(removing._id);
          remove.mutate(removing._id, { onSettled: () => setRemoving(null) });
        }}
      >
        {t("“{label}” is forgotten for everybody it is shared with. What it finds stays.", {
          label: removing?.label ?? "",
        })}
      </ConfirmDialog>
    </>
  );
}

interface SavedListProps {
  onOpen: (saved: SavedQuery) => void;
  onRemove: (saved: SavedQuery) => void;
}

function SavedList({ onOpen, onRemove }: SavedListProps) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 200);
  const found = useQuery(savedQuery(words ? contains("label", words) : undefined));
  const rows = found.data?.results;
  return (
    <>
      <TextInput
        size="xs"
        aria-label={t("Find a saved query")}
        placeholder={t("Find a saved query")}
        mb={6}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {found.isPending ? <Loading rows={3} /> : null}
      {found.error && !rows ? (
        <Failure error={found.error} what={t("list")} onRetry={() => void found.refetch()} />
      ) : null}
      {rows?.length === 0 ? (
        <Text size="sm" c="dimmed" p={8}>
          {words ? t("No saved query matches.") : t("None yet. Save keeps the query that is shown.")}
        </Text>
      ) : null}
      <ScrollArea.Autosize mah={320}>
        {rows?.map((one) => (
          <div key={one._id} className={classes.saved}>
            <UnstyledButton flex={1} miw={0} p={6} onClick={() => onOpen(one)}>
              <Text size="sm" className="cut">
                {one.label}
              </Text>
              <Text size="xs" c="dimmed" className="cut">
                {[
                  SHARED[one.parent.type],
                  ...(one.errors ? [t("has an error")] : []),
                  one.description || one.search.structured_query,
                ].join(" · ")}
              </Text>
            </UnstyledButton>
            {admin || one.parent.id === user._id ? (
              <ActionIcon
                variant="subtle"
                color="red"
                aria-label={t("Delete {label}", { label: one.label })}
                onClick={() => onRemove(one)}
              >
                <IconTrash size={16} />
              </ActionIcon>
            ) : null}
          </div>
        ))}
      </ScrollArea.Autosize>
    </>
  );
}
