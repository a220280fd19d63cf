/** The files of a drive as a tree of folders, for the writers of file systems. */
import type { DriveFile } from '../../../objects/guest-metadata/config-drive-files.ts';

export interface Folder {
  readonly kind: 'folder';
  readonly name: string;
  readonly parent: Folder | undefined;
  readonly children: (Folder | PlainFile)[];
}

export interface PlainFile {
  readonly kind: 'file';
  readonly name: string;
  readonly content: Buffer;
}

/** The root folder of these files. Children are in the order of their names' UTF-16 code units, as both file systems want them. */
export function folderOf(files: readonly DriveFile[]): Folder {
  const root: Folder = { kind: 'folder', name: '', parent: undefined, children: [] };
  for (const { path, content } of files) {
    const names = path.split('/');
    const last = names.pop() ?? '';
    let folder = root;
    for (const name of names) folder = childFolder(folder, name);
    folder.children.push({ kind: 'file', name: last, content: Buffer.from(content, 'base64') });
  }
  for (const folder of foldersBelow(root)) folder.children.sort((a, b) => (a.name < b.name ? -1 : 1));
  return root;
}

/** A folder and all folders below it, parents first. */
export const foldersBelow = (folder: Folder): Folder[] => {
  const all = [folder];
  for (const one of all) all.push(...one.children.filter((child) => child.kind === 'folder'));
  return all;
};

/** All files below a folder. */
export const filesBelow = (folder: Folder): PlainFile[] =>
  foldersBelow(folder).flatMap(({ children }) => children.filter((child) => child.kind === 'file'));

function childFolder(parent: Folder, name: string): Folder {
  const known = parent.children.find((child) => child.name === name);
  if (known?.kind === 'folder') return known;
  const made: Folder = { kind: 'folder', name, parent, children: [] };
  parent.children.push(made);
  return made;
}
