import { admin, member, reader } from './who.ts';

/** Who may see an image, by its visibility. */
const imageSeer = (role: 'reader' | 'member') =>
  `rule:context_is_admin or (role:${role} and (project_id:%(project_id)s or project_id:%(member_id)s or 'public':%(visibility)s or 'community':%(visibility)s))` as const;
/** The owner and the member of a shared image. */
const imageParty = 'rule:context_is_admin or (role:reader and (project_id:%(project_id)s or project_id:%(member_id)s))';

/** Rules of the builtin image service, by Glance's names. Visibility decides who sees an image. */
export const imageRules = {
  get_images: reader,
  get_image: imageSeer('reader'),
  download_image: imageSeer('member'),
  add_image: member,
  modify_image: member,
  upload_image: member,
  delete_image: member,
  publicize_image: admin,
  communitize_image: member,
  deactivate: member,
  reactivate: member,
  get_members: imageParty,
  get_member: imageParty,
  add_member: member,
  modify_member: 'rule:context_is_admin or (role:member and project_id:%(member_id)s)',
  delete_member: member,
} as const satisfies Record<string, string>;
