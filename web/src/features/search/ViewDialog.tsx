import { Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { t } from "@/i18n/text";
import { Picker } from "@/parts/pick/Picker";
import { PROJECTS } from "@/parts/pick/source";
import { NEW_SPEC } from "@/parts/views/view";
import { FormDialog } from "@/ui/FormDialog";

interface ViewDialogProps {
  columns: string[];
  onClose: () => void;
}

// What search derives, as data views call it.
const SAME: Record<string, string> = { "file.classification_list": "file.classification" };

/** The columns of a result as a data view: opened in the builder of a project, where it is looked at and saved. */
export function ViewDialog({ columns, onClose }: ViewDialogProps) {
  const navigate = useNavigate();
  const [project, setProject] = useState<string | null>(null);
  const open = (p: string) => {
    const draft = { ...NEW_SPEC, columns: columns.map((src) => ({ src: SAME[src] ?? src })) };
    void navigate({ to: "/projects/$p/views/$v", params: { p, v: "new" }, search: { draft } });
  };
  return (
    <FormDialog
      title={t("As data view")}
      size="sm"
      action={t("Open in builder")}
      busy={false}
      disabled={!project}
      onClose={onClose}
      onSubmit={() => project && open(project)}
    >
      <Text size="sm">
        {t(
          "A table with these columns over everything in a project. The query does not go along: a data view has filters of its own.",
        )}
      </Text>
      <Picker source={PROJECTS} label={t("Project")} value={project} onChange={setProject} />
    </FormDialog>
  );
}
