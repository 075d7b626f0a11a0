import { RenameDialog } from "@/ui/RenameDialog";

import { useRenameOptimisation, type Optimisation } from "../api";

interface RenameOptimisationProps {
  optimisation: Pick<Optimisation, "id" | "name">;
  onClose: () => void;
}

export function RenameOptimisation({ optimisation: { id, name }, onClose }: RenameOptimisationProps) {
  const { mutate, isPending, error } = useRenameOptimisation();
  const save = (newName: string) => mutate({ id, name: newName }, { onSuccess: onClose });
  return <RenameDialog name={name} maxLength={120} saving={isPending} error={error} onSave={save} onClose={onClose} />;
}
