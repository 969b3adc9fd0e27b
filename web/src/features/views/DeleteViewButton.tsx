import { ActionIcon, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { notifications } from "@mantine/notifications";
import { IconTrash } from "@tabler/icons-react";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import { LIVE, useMe } from "@/api/queries";
import { useIsAdmin, useMay } from "@/api/rights";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import type { SavedView } from "./view";

/** Forgets a saved view; not there for those who may not. */
export function DeleteViewButton({ view, project }: { view: SavedView; project: string }) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const shares = useMay(project)("data_views_manage");
  const [asking, dialog] = useDisclosure(false);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => api.delete(`/views/${view._id}`),
    onSuccess: async () => {
      await navigate({ to: "/projects/$p/views", params: { p: project } });
      await queries.invalidateQueries({ queryKey: [LIVE, "views"] });
    },
    onError: (error) => notifications.show({ color: "red", title: "Not deleted", message: error.message }),
    onSettled: dialog.close,
  });
  if (!admin && view.parent !== user._id && !(view.parent === project && shares)) return null;
  return (
    <>
      <Tooltip label="Delete">
        <ActionIcon variant="subtle" color="red" size={30} aria-label="Delete view" onClick={dialog.open}>
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title="Delete this data view?"
        action="Delete view"
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate()}
      >
        “{view.label}” is forgotten for everybody. The data it shows stay.
      </ConfirmDialog>
    </>
  );
}
