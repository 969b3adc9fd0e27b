import { ActionIcon, Tooltip } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { api } from "@/api/client";
import { useMe } from "@/api/queries";
import { useIsAdmin, useMay } from "@/api/rights";
import { useRemoval } from "@/api/useChange";
import { t } from "@/i18n/text";
import type { SavedView } from "@/parts/views/view";
import { ConfirmDialog } from "@/ui/ConfirmDialog";
import { Told } from "@/ui/Told";

/** Forgets a saved view; not there for those who may not. */
export function DeleteViewButton({ view, project }: { view: SavedView; project: string }) {
  const { user } = useMe();
  const admin = useIsAdmin();
  const shares = useMay(project)("data_views_manage");
  const [asking, dialog] = useDisclosure(false);
  const navigate = useNavigate();
  const remove = useRemoval(
    () => api.delete(`/views/${view._id}`),
    () => navigate({ to: "/projects/$p/views", params: { p: project } }),
  );
  if (!admin && view.parent !== user._id && !(view.parent === project && shares)) return null;
  return (
    <>
      <Tooltip label={t("Delete")}>
        <ActionIcon
          variant="subtle"
          color="red"
          size={30}
          aria-label={t("Delete view")}
          onClick={dialog.open}
        >
          <IconTrash size={16} />
        </ActionIcon>
      </Tooltip>
      <ConfirmDialog
        opened={asking}
        title={t("Delete this data view?")}
        action={t("Delete view")}
        busy={remove.isPending}
        onClose={dialog.close}
        onConfirm={() => remove.mutate()}
      >
        {t("“{name}” is forgotten for everybody. The data it shows stay.", { name: view.label ?? "" })}
        {remove.error ? <Told error={remove.error} /> : null}
      </ConfirmDialog>
    </>
  );
}
