"""Error families and the catalogue of Chinese sentences: what happened, where, what to do next.

``UserError``: the clerk can act. ``MachineError``: disk, stick, file or version stands in the way.
Anything else that is raised is a bug and is shown with a short number and a redacted report.
"""

from collections.abc import Callable

from db.sentences import FILES_AND_EXCHANGE

Progress = Callable[[int, int], None]
"""Called with (done, total); may raise :class:`Cancelled` to stop a long operation cleanly."""

CATALOGUE: dict[str, str] = {
    **FILES_AND_EXCHANGE,
    # signing in and the office folder
    "wrong_passphrase": "口令不对。请核对大小写和输入法后再试。",
    "no_passphrase": "没有读到口令。请在终端里输入，或先设好环境变量 NUANDANG_PASSPHRASE 再试。",
    "wait_before_retry": "刚才的口令不对，请等 {wait} 秒再试。",
    "wrong_recovery_code": "恢复码不对。请照着打印的恢复码逐组核对，注意字母和数字。",
    "weak_passphrase": "口令太短：至少要 {minimum} 个字母或数字，汉字一个顶两个。建议用一句容易记的话。",
    "passphrases_differ": "两次输入的口令不一样，请重新输入。",
    "no_office_here": "“{folder}”里没有暖档的单位数据。请选择含有 office.db 的文件夹，或新建单位。",
    "office_exists": "“{folder}”里已经有一个单位的数据，没有改动。请换一个空文件夹，或直接打开它。",
    "folder_not_empty": "“{folder}”里已有别的文件。请换一个空文件夹来存放单位数据。",
    "office_in_use": "这个单位的数据正在另一个窗口里使用。请先关闭那个窗口，再试一次。",
    "keys_damaged": "密钥文件 keys.json 损坏或缺失，数据库还在。请从备份里取回 keys.json，再打开。",
    "clerk_gone": "这位经办人已不能登录，可能已被别人删除。请重新打开登录窗口选择。",
    "clerk_exists": "已经有名叫“{name}”的经办人，请换一个名字加以区别。",
    "last_clerk": "这是最后一位能登录的经办人，不能删除。请先增加新的经办人。",
    "signed_out": "已经锁定，请先登录再继续。刚才填的内容已经保存。",
    "unknown_level": "没有“{level}”这一级。可以用：{known}。",
    "unknown_region": "行政区划代码“{region}”不在目录里，请用 6 位（县级）或 9 位（乡镇、街道）代码。",
    # archives
    "archive_not_found": "没有找到档案“{number}”，可能已被合并或编号有误。",
    "archive_changed_elsewhere": "这份档案在你打开之后已被改过（第 {found} 版）。你填的内容仍在草稿里，请打开新版核对后再保存。",
    "draft_gone": "这份草稿已经存档或删除，请在草稿列表里重新选择。",
    "archive_has_errors": "还有 {count} 处要改正才能建档：{first}",
    "warnings_not_confirmed": "还有 {count} 处提醒没有确认：{first}",
    "not_own_archive": "这份档案归“{office}”管理，这里只能查看。要修改请联系该单位。",
    "revision_not_found": "没有找到第 {revision} 版。",
    "bad_content": "内容里有“{field}”认不出来，没有保存。",
    "duplicate_pair_gone": "这一对已经不在了：其中一人可能已从家庭里去掉。请重新查找一次。",
    # review by the office above
    "review_own_archive": "这不是下级单位报来的档案，不能在这里审核。",
    "review_changed_meanwhile": "这份档案刚收到了新的内容（第 {found} 版），没有记下审核结果。请看过新内容再审核。",
    "review_needs_reason": "结果是“{text}”，请至少选一条理由，下级才知道要改什么。",
    "review_reason_in_words": "理由选了“其他”，请写明是什么。",
    "review_unknown_reason": "没有代码为“{text}”的审核理由。",
    "review_unknown_field": "表里没有“{text}”这一栏。",
    "review_too_many_reasons": "一次最多写 {limit} 条理由。",
    "review_due_bad": "补正期限“{text}”不是日期，请写成 2026-12-05 的样子。",
    "review_due_past": "补正期限 {day} 已经过去，请写今天或以后的日子。",
    "review_unknown_class": "没有“{text}”这一类或这一级。可选：{known}。",
    "review_number_taken": "职工编号 {number} 已经给了档案 {holder}，请核对后另给一个。",
    "review_number_bad": "职工编号“{text}”不对：{first}",
    "review_number_for_many": "职工编号一户一个，不能给多户填同一个。请逐户审核，或用审核表填写。",
    "review_needs_another_clerk": "这一户由{name}初审，要由另一位经办人复审。请另一位经办人登录后再办。",
    "review_differs": "与{name}的初审（{text}）不同，请在备注里写明为什么。",
    "review_needs_two_clerks": "本单位只有一位经办人，不能要求两人审核。请先在“设置 → 经办人”里添加一位。",
    "review_sheet_wanted": "请写要读入的审核表，或用 --template 导出待审表。",
    "review_sheet_captions": "“{name}”里没有找到带“档案编号”和“结果”的表头。请用“导出待审表”得到的表来填。",
    "review_sheet_twice": "这一户在第 {line} 行已经写过了。",
    "review_sheet_outcome": "结果“{text}”认不出来，请写“通过”“退回”或“不通过”。",
    "review_sheet_field_alone": "写了栏目“{text}”，没有写原因。",
    "review_sheet_uneven": "原因有 {reasons} 条，栏目有 {fields} 个，对不上。请一条原因对一个栏目，或只写一条原因。",
    "review_days_out_of_range": "补正的天数要在 1 到 90 个工作日之间。",
    # the casework
    "case_act_not_here": "现在不能“{act}”：这一户是“{state}”。请按列出的步骤办理。",
    "case_missing": "还不能“{act}”：{first}",
    "case_detail": "还不能“{act}”：{first}",
    "case_unknown_act": "没有“{act}”这一步。可以用：{known}。",
    "case_detail_words": "“{text}”要写成“栏目=内容”，如 reason=本人撤回。",
    "notice_nobody": "选中的几户都还没有张贴公示。请先在“办理”里登记“张贴公示”，再打印。",
    "notice_hangs": "“{name}”等 {count} 户的公示还没有办结，请先登记“公示结束”，再打印结果。",
    "papers_nobody": "选中的家庭现在都用不上“{title}”。请看它们办到哪一步，或者打印空白表。",
    "papers_too_many": "一次最多打印 {limit} 户，现在选了 {count} 户。请分几次打印。",
    "retention_laptop": "外出电脑上不能销毁档案。请回办公室电脑上办理。",
    "retention_nothing": "没有选中要销毁的档案。请先勾选，再办。",
    "retention_too_many": "一次最多销毁 {limit} 户，现在选了 {count} 户。请分几次办理。",
    "retention_clock": "电脑的时间不可靠（{found}），现在不能销毁档案。请先核对日期；时间无误的，在首页确认以后再办。",
    "retention_not_yet": "{number} 还不能销毁：{until}。一户都没有销毁；请去掉这一户再办。",
    "archive_destroyed": "这份档案保管期满，已于 {when} 销毁，只留编号。",
    "keeping_two": "监销人要两人以上，名字之间用顿号。",
    "keeping_same": "移交人和接收人不能是同一个人。",
    "exit_percent": "提醒的界线要填 1 到 100 之间的整数（百分之几）。",
    "exit_period": "开始日期要在结束日期那天或以前。",
    "mass_exit": "{begins} 至 {ends} 已经退档、注销和正在退档 {left} 户{adding}，占这一期在档 {base} 户的 {share}，"
    "超过 {percent}%。文件不准“简单清零”：每一户都要有依据，请逐户核对后再办。",
    "case_notice_days": "政策没有写明公示要几天。请填写天数（1 到 90），或在“设置 → 政策”里补上。",
    "fingerprint_typed": "请照封面输入指纹的前 {least} 个字符或全部，只有数字和字母 a 到 f。",
    "evidence_too_many": "一次最多给 {most} 户制作取证材料，这次选了 {count} 户。请分几次做。",
    # records beside the archive and registers
    "record_faulty": "“{title}”还不能保存：{first}",
    "visit_needs_two": "入户核实要两个人以上去。请把走访人员的名字都写上，用顿号隔开。",
    "visit_half_written": "这一户还有一次走访（{day}）没有写完。请先写完保存，或者放弃它，再改以前的记录。",
    "visit_means_draft": "{year} 年的家庭经济状况有填了一半、还没有保存的内容。请先到“家庭经济”里保存或放弃，再填入走访的收入。",
    "visit_next_before": "下次走访要在这次（{visited}）之后。",
    "record_unknown": "有一项这个程序不认识：{label}。请用新版程序打开。",
    "record_gone": "这条记录已经删除，或者不在这里了。请刷新后再看。",
    "record_changed_elsewhere": "这条记录刚才由{clerk}改过。请重新打开，看清楚再改。",
    "record_reason": "请写明为什么删除；记录会留在历史里。",
    "record_not_ours": "这一条“{title}”是别的单位登记的，只能看，不能在这里改。",
    # pairing
    "movement_nothing": "金额要大于 0。",
    "ends_before_begin": "不能早于开始的日子 {day}，请核对。",
    "pairing_end_reason": "写了结束日期，请选择结束的原因。",
    "pairing_end_day": "选了结束的原因，请填写结束日期。",
    "notice_still_hangs": "公示到 {day} 为止，期满以后再写结果；有异议的先记在“异议”里。",
    "too_young_to_work": "{name}这一天还不满 {age} 周岁，不能安排上岗。",
    "year_odd": "{label}“{year}”不对，请写四位年份，如 2026。",
    "plan_year": "年度“{year}”不对，请写四位年份，如 2026。",
    "cadre_twice": "“{unit}”的“{name}”已经登记过，电话也一样，没有再登记。",
    "cadre_left": "“{name}”已于 {day} 离任，不能再结对。",
    "cadre_paired": "“{name}”结过对，不能删除，否则以前的记录就没了着落。不再承担结对的，请办“离任交接”。",
    "cadre_holds": "“{name}”还结着 {count} 户。请办“离任交接”，各户有人接手，离任日期也一并记下。",
    "cadre_idle": "“{name}”现在没有结对的家庭，不用交接；离任的，在“修改”里填写离任日期。",
    "pairing_nobody": "请至少选一位帮扶干部。",
    "pairing_two_mains": "一户只能有一位主要责任人，其余的选“协助”。",
    "pairing_already": "已经和“{name}”结对。",
    "pairing_has_main": "已有主要责任人“{name}”。请改选“协助”，或者选“调换”。",
    "pairing_form_empty": "档案表上没有写帮扶责任人。",
    "pairing_form_unknown": "档案表上的“{name}”不在帮扶干部里。请先登记这位干部，或另选一位。",
    "pairing_form_several": "帮扶干部里有 {count} 位“{name}”，请逐户选。",
    "pairing_since": "结对日期 {day} 早于原来的结对开始的日子，请核对。",
    "duty_months": "几个月一次，要在 1 到 {limit} 之间。",
    "pairing_over": "这一段结对已于 {day} 结束。",
    "hand_over_stuck": "“{name}”（{number}）不能交接，各户都没有改动：{first}",
    "hand_over_receiver": "请给每一户选一位接手的干部；{name}自己不能接。",
    "cadre_sheet_captions": "“{name}”里没有找到带“姓名”“单位”“联系电话”的表头。请用“导出 Excel”得到的表来填。",
    "register_sheets": "“{name}”里“{sheets}”几张工作表都填了这样的表，不知道读哪一张。请每张另存成一个文件，分别读入。",
    # programmes
    "programme_ends": "结束日期要在开始日期 {begins} 那天或以后。",
    "programme_lists_due": "名单报送期限要在开始日期 {begins} 那天或以后。",
    "programme_standard": "标准比“每次最多”的 {most} 元还高，请改一个。",
    "programme_once": "“每次最多”比“一年合计最多”的 {most} 元还高，请改一个。",
    "programme_gone": "没有找到这项活动，可能已经删除。请刷新后再选。",
    "programme_used": "“{title}”已经批准了 {count} 笔，不能删除。不再进行的，可以把结束日期改到今天。",
    "programme_unknown": "没有名叫“{name}”的活动。现有：{known}。",
    "condolence_nothing": "请写慰问金合计，或者慰问品和数量。",
    # dynamic monitoring
    "campaign_due": "完成期限要在开始日期 {begins} 那天或以后。",
    "campaign_since": "写了“脱困时间从”，监测对象里要选“脱困职工”。",
    "campaign_since_late": "“脱困时间从”要在完成期限 {due} 以前。",
    "campaign_gone": "没有找到这次监测行动，可能已经删除。请刷新后再选。",
    "campaign_begun": "“{title}”已经有 {count} 户填了记录表，不能删除。不再进行的，可以把完成期限改到今天。",
    "campaign_needed": "请写明是哪一次监测行动；不写名称只列出全部行动。",
    "campaign_unknown": "没有名叫“{name}”的监测行动。现有：{known}。",
    "monitoring_nobody": "没有选中要监测的家庭。请先勾选，再办。",
    "monitoring_done_already": "“{name}”在这次行动里已经有一份记录表（{day} 入户），没有另存。请打开那一份修改。",
    "monitoring_other_archive": "这份记录表不是这一户的，没有保存。请重新打开再填。",
    "monitoring_no_relapse": "记录表里没有建议返困，不能办理返困。请先核对入户调查人员的建议。",
    "monitoring_not_exited": "“{name}”现在是“{state}”，不用办返困。只有已脱困或在渐退期的家庭才办。",
    "enterprise_households": "有需要建档的家庭，户数要大于 0。",
    "enterprise_sheet_captions": "“{name}”里没有找到带“企业名称”“所属行业”“生产经营状况”的表头。请用“下载空白登记表”得到的表来填。",
    "enterprise_known": "企业“{name}”已经登记过。请打开那一条，把这次调查的情况写进去。",
    # third-party evaluation
    "evaluation_size": "请至少给一组填写抽多少户。",
    "evaluation_too_many": "一次最多抽 {limit} 户，请把户数改小。",
    "evaluation_seed": "种子里不要用竖线“|”。",
    "evaluation_few": "“{group}”现在只有 {there} 户，抽不出 {wanted} 户。请把户数改小。",
    "evaluation_gone": "没有找到这次评估，可能已经作废。请刷新后再选。",
    "evaluation_needed": "请写明是哪一次评估；不写名称只列出全部评估。",
    "evaluation_unknown": "没有名叫“{name}”的评估。现有：{known}。",
    "evaluation_not_ours": "这次评估是“{office}”抽的样，结果由它登记。",
    "evaluation_begun": "“{title}”已经登记了 {count} 户的核查结果，不能作废。",
    "evaluation_not_drawn": "这一户不在抽出的名单里。",
    "evaluation_measures": "已落实的措施不能比计划的多，请核对。",
    "evaluation_empty": "见到了人，请至少填写一项核查结果；没有查清的可以空着。",
    "evaluation_sheet_captions": "“{name}”里没有找到带“抽样号”“档案编号”“核查日期”的表头。请用“核查表存为 Excel”得到的表来填。",
    # aid, money, payment lists
    "aid_reimbursed_more": "报销的比总金额多，请核对票据。",
    "aid_nobody": "要救助的人不在这份档案里。请重新选。",
    "aid_not_here": "“{name}”的档案已合并、移交或正在移交，不能在这里批准救助。",
    "aid_on_laptop": "外出电脑上不能批准救助。请登记申请带回来，在办公室电脑上批准。",
    "aid_unknown_item": "没有“{text}”这一类救助，请从列表里选。",
    "aid_nothing": "请填写金额（大于 0），或写明发什么实物。",
    "aid_stopped": "不能给“{name}”：{first}",
    "aid_wants_reason": "给“{name}”要写明理由：{first}",
    "aid_application_granted": "这份申请已经批准，不能再改。先撤销批准，或另写一份申请。",
    "aid_refuse_reason": "请写明为什么不批准，申请人会问。",
    "aid_application_gone": "“{name}”的这份申请已经删除，或者是别的户的。请刷新后再选。",
    "aid_withdraw_reason": "请写明为什么撤销。",
    "aid_not_ours": "这一笔是“{office}”批准的，只能由它撤销。",
    "aid_entry_unpaid": "“{name}”的这一笔还没有发放；发放以后再录入全国系统。",
    "aid_settled": "这一笔已经发放或撤销，不能再撤销。发错了的请登记退回。",
    "aid_on_list": "“{name}”的这一笔已列入发放名册，请先从名册里撤出。",
    "money_before": "“{name}”的日期 {day} 早于{what}日期 {earlier}，请核对。",
    "money_on_laptop": "外出电脑上不编名册、不登记发放和退回，免得两台电脑各发一次。请在办公室电脑上办。",
    "list_paid_meanwhile": "名册 {number} 里“{name}”等 {count} 笔已经在别处记为发放或撤销，不能再发。请退回修改，撤出这几笔再办。",
    "list_restored": (
        "本单位从 {day} 的备份恢复过，名册 {number} 是那以前锁定的，可能已经送过银行。"
        "请先查银行流水；没有送过的，退回修改后重新锁定、审批。"
    ),
    "list_gone": "这份名册已经不在了。请刷新后再看。",
    "list_empty": "名册里还没有人。请先选要发放的救助。",
    "list_too_long": "一份名册最多 {limit} 人，请分几份。",
    "list_goods": "名册 {number} 发的是实物，没有银行文件。请打印签收单，签收以后登记。",
    "list_mixed": "一份名册里不能既有钱又有实物，请分开编。",
    "list_grant_done": "“{name}”的这一笔已经发放或撤销，不能再列入名册。",
    "list_grant_taken": "其中有一笔已经在别的名册里，或刚刚发放过。请刷新后再选。",
    "list_not_here": "名册 {number} 现在是“{state}”，不能这样办。请刷新后再看。",
    "list_faulty": "名册 {number} 还不能锁定：{where}{first}一共 {count} 处要先改好。",
    "list_same_clerk": "名册是“{name}”锁定的，要由另一位经办人审批。请换人登录后审批。",
    "list_paper_missing": "单位只有一位经办人：请把名册打印出来由领导签字，拍照附上后再审批。",
    "list_locked_ahead": "名册 {number} 锁定时电脑的日期是 {day}，比现在还晚，当时的日期不对。请退回修改，重新锁定，再附上签字的名册。",
    "list_paper_old": "这张签字的名册是 {number} 这次锁定以前附上的，内容可能改过。请打印现在的名册，签字后再附上。",
    "office_paper_needed": "名册的审批以“{name}”为依据，不能移除。",
    "list_drop_reason": "请写明为什么作废。",
    "list_line_unknown": "名册 {number} 里没有这一行。请核对是不是这份名册的回盘。",
    "list_line_settled": "“{name}”这一行已记为“{state}”，与这次的结果不同。请向银行核实；发错的请登记退回。",
    "list_not_sent": "名册 {number} 还没有生成银行文件。请先生成、交银行，再登记结果。",
    "list_file_written": (
        "名册 {number} 已经写过 {count} 份银行文件，最近一份是 {last}。再写一份交出去，银行可能付两次。"
        "没有写新文件：那一份还在的，直接用它；确实要再写的，请写明原因，并确认以前的没有交给银行，或者银行已经作废。"
    ),
    "list_altered": "名册 {number} 的内容与锁定时不同，没有生成文件。请退回修改，重新锁定和审批。",
    "list_nothing_failed": "名册 {number} 里没有要补发的：失败的都已在别的名册里或已撤销。",
    "list_returned_reason": "请写明为什么退回。",
    "list_returned_amount": "退回的金额要大于 0，也不能超过发放的。",
    "bank_file_rare": "“{name}”的“{text}”字银行文件的编码里没有。请换用 Excel 版式，或照银行的写法改名再发。",
    "bank_layout_unknown": "没有“{text}”这种银行文件版式。可以用：{known}。",
    "bank_layout_bad": "“{name}”不能用作银行文件版式：{first}",
    "bank_return_heads": "“{name}”里找不到表头：要有卡号（{known}）和结果两栏。请核对是不是银行的回盘文件。",
    "bank_return_sheets": "“{name}”里“{sheets}”几张工作表都有结果。请把每张另存成一个文件，一份一份读入。",
    "bank_return_empty": "“{name}”里没有一行带卡号。请核对是不是银行的回盘文件。",
    "bank_return_long": "“{name}”超过 {limit} 行，没有读：只读一部分会看漏。请让银行按名册分开出回盘。",
    "bank_return_quotes": "“{name}”从第 {row} 行起引号没有配对，后面的行会看漏，没有读。请用 Excel 另存成 .xlsx，或去掉多出的引号再读。",
    "bank_return_other": "这个文件已经用来登记过名册 {other} 的结果，没有登记到 {number}。请核对是不是选错了文件。",
    "bank_return_text": "“{name}”不是文本也不是表格，读不出来。请向银行要 Excel、CSV 或 TXT 的回盘。",
    "student_enrolled_later": "入学年份比 {year} 年还晚，请核对。",
    "student_not_new": "{year} 年以前入学的是历届生，请核对。",
    "graduate_sheet_captions": "“{name}”里没有找到带“姓名”“身份证号”“学校”的表头。请用附件 2 的表来填，可以先打印或导出空白表。",
    "graduate_line": "{what}。",
    "graduate_unknown": "没有登记过身份证号是 {number} 的毕业生。",
    "graduate_twice": "“{name}”已经登记在档案 {number} 里，请打开那一份接着填，不要另登一份。",
    "resume_file_kind": "“{name}”的后缀认不出来，简历存成 .pdf 或 .docx。",
    "service_answer_day": "选了结果，请填写答复日期。",
    "service_answer_kind": "填了答复日期，请选择结果。",
    "employment_order": "“{label}”在 {day} 那一步以后：同一个单位先洽谈，再签约，再就业，请核对日期。",
    "employment_employer": "已就业的请写明单位。",
    "employment_twice": "还在“{employer}”上班，没有离职，请先记离职。",
    "employment_left_twice": "已经离职，中间没有再就业，请核对。",
    "student_original_order": "原件先核对、后退回：请填核对日期，退回日期不能早于它。",
    "student_support_order": "结束日期比开始日期还早，请核对。",
    "student_too_young": "照身份证号还不到上学的年纪，请核对是不是这个孩子的号码。",
    "report_unknown": "没有“{text}”这张表。可以用：{known}。",
    "report_too_large": "这张表有 {lines} 行、{columns} 列，太大了。请改表样，或者少选几个单位。",
    "report_copy_unknown": "没有编号是“{text}”的上报稿。不写编号就列出全部。",
    "report_copy_broken": "“{title}”这份上报稿打不开，内容不完整。请让报来的单位重新留存、再报一次。",
    "report_period": "时段“{text}”不认得。请写成 2022、2022H1、2022Q3 或 2022-07 这样。",
    "report_day": "日期“{text}”写得不对，请写成 2022-08-31 这样。",
    "cross_unknown": "交叉表里没有“{text}”，可以用：{known}。",
    "cross_twice": "行和列都选了“{text}”，请换掉一个。",
    "cross_wide": "表太宽（{columns} 列），一张纸放不下。请把行和列对调，或存成 Excel。",
    "text_unknown": "没有“{text}”这种文稿。可以用：{known}。",
    "text_needs_households": "这种文稿写的是具体的家庭，请先选一户或几户。",
    "text_file_kind": "文稿要存成 Word 文件，请把“{name}”改成 .docx 结尾。",
    "cross_name": "请给这张交叉表起个名字。",
    "report_days": "统计的开始日期 {begins} 在截止日期 {ends} 之后，请核对。",
    "report_table_wrong": "表样“{name}”读不了。{first}。请改好再读入。",
    "report_table_long": "表样“{name}”太长，最多 {limit} 个字。",
    "report_table_taken": "代号“{id}”是程序自带的表。请把表样里的 id 改成别的再读入。",
    "report_table_not_ours": "“{title}”是上级下发的表样，本单位不能删除。",
    "report_text_wrong": "文稿样“{name}”读不了。{first}。请改好再读入。",
    "report_text_long": "文稿样“{name}”太长，最多 {limit} 个字。",
    "report_text_taken": "代号“{id}”是程序自带的文稿。请把文稿样里的 id 改成别的再读入。",
    "report_text_not_ours": "“{title}”是上级下发的文稿样，本单位不能删除。",
    "report_file_kind": "“{name}”要以 .pdf 或 .xlsx 结尾。",
    "student_elsewhere": "“{name}”今年已在另一份档案里登记（{household} {number}）。一个学生一年只登记一次，请先核对。",
    "student_stopped": "不能登记“{name}”：{first}",
    "register_layout_unknown": "没有叫“{text}”的汇总表版式，可用的有：{known}。",
    "register_layout_bad": "“{name}”不能用作汇总表版式：{first}。",
    "student_notice_open": "这份名单公示到 {until}。期满并写了公示结果以后，才能打印公示结果。",
    "student_notice_order": "公示到的日期比张贴日期还早，请核对。",
    "work_study_full": "“{employer}”的 {posts} 个岗位在这段时间都有人了，请换一个岗位，或先写上前一位的结束日期。",
    "work_study_twice": "“{name}”已经在“{employer}”上岗，请打开那一条修改。",
    "sponsorship_twice": "“{name}”已经和“{donor}”结对，请打开那一条修改。",
    "donor_known": "捐助方“{name}”已经登记过，请打开那一条修改。",
    "donor_in_use": "“{name}”还有结对的学生，不能删除；不再捐助的，请写上结束日期。",
    "post_in_use": "“{name}”的岗位还有学生，不能删除。",
    "student_twice": "“{name}”今年已经登记过，请打开那一条修改。",
    "list_unknown": "没有编号是“{text}”的名册。现有的：{known}。",
    "fund_unknown": "没有“{text}”这项资金来源。现有：{known}。",
    "roster_suffix": "“{name}”的后缀认不出：存成 .pdf 或 .xlsx；要给银行的文件请用 --layout 写明版式。",
    "fund_gone": "这项资金来源已经删除。请重新选。",
    "fund_overdrawn": "这样“{name}”就差 {short} 元：已经批准或发放的比到账的多。请先核对。",
    "fund_in_use": "“{name}”已经有到账或发放，不能删除；不再使用的请标“已结转停用”。",
    # policy and the facts it looks at
    "policy_invalid": "政策文件不能用：{file} 第 {line} 行{reason}。改正后再试；原来的政策照旧有效。",
    "facts_bad_year": "year 要写成四位年份，如 2021；现在是“{text}”。",
    "facts_not_object": "“{where}”这里要写成一张表（花括号）。",
    "facts_not_list": "“{where}”这里要写成列表（方括号），没有的写空列表。",
    "facts_too_many": "“{where}”超过 {limit} 行，请核对文件。",
    "facts_unknown_key": "不认识“{where}”，请核对拼写。可以用：{known}。",
    "facts_missing_key": "“{where}”（{label}）必须填写。",
    "facts_bad_value": "“{where}”（{label}）写得不对：{text}。金额用整数分，是否用 true 或 false，日期如 2021-06-30。",
    "facts_bad_code": "“{where}”（{label}）里没有选项“{text}”。可以用：{known}。",
    "facts_out_of_range": "“{where}”（{label}）的数“{text}”不能小于 0，也不能大得离谱。",
    "facts_nobody": "一个人也没有：people 里至少要有职工本人。",
    "facts_nobody_together": "没有一个人是共同生活的，无法计算人均收入。请核对“是否共同生活”。",
    "facts_no_worker": "people 里没有编号为 worker 的职工本人（现有：{known}），请给职工本人写 worker。",
    "facts_twice": "{where}写的是{what}，只能有一个数。请核对后删去一行。",
    "facts_same_person": "人员编号“{text}”用了两次，请给每个人不同的编号。",
    "facts_unknown_person": "“{where}”提到的“{text}”不在家庭人员里。",
    "facts_negative": "{where}：{label}不能小于 0。",
    "facts_reimbursed_more": "{where}：报销和赔偿合起来多于总金额，请核对票据。",
    "facts_before_birth": "{where}：{label} {day} 早于这个人的出生日期 {born}，请核对。",
    # attachments
    "attachment_too_large": "“{name}”有 {size} MB，超过 {limit} MB。请改用照片，或把 PDF 压缩后再加。",
    "attachment_type": "“{name}”不是照片（JPG、PNG、BMP、WEBP、TIFF）也不是 PDF，没有加入。",
    "attachment_damaged": "“{name}”打不开，可能已损坏。请重新拍照或扫描。",
    "attachment_pixels": "“{name}”的像素太多，打不开。请用普通大小重新拍照或扫描。",
    "attachment_pages": "“{name}”有 {pages} 页，照片一次只能加一页。请存成 PDF 再加。",
    "attachment_gone": "这份附件已被移除，请刷新后再看。",
    "attachment_missing": "附件“{name}”的文件不见了。请从备份恢复，或重新添加。",
    # backups
    "backup_bad": "备份“{name}”没有通过检查：{reason}。请换一份备份。",
    # one field
    "required": "还没有填：{label}。",
    "not_a_number": "“{text}”不是数字，请填写如 1500 或 1500.50。",
    "not_a_whole_number": "“{text}”不是整数，请只填人数，如 3。",
    "negative": "{label}不能小于 0。",
    "out_of_range": "{label}“{text}”超出范围，只能填 {allowed}，请核对。",
    "not_a_date": "“{text}”不是日期，请按 2009-07-01 填写。",
    "date_in_future": "{label}“{text}”在今天之后，请核对。",
    "date_too_early": "{label}“{text}”早于 1900 年，请核对。",
    "not_in_list": "“{text}”不在选项里。可选：{known}。",
    "not_yes_no": "“{text}”不是“是”或“否”，请改填“是”或“否”。",
    "digits_lost": "“{text}”已被表格软件改坏（数字格式，后几位丢失），请从证件或银行卡重新录入。",
    "id_length": "身份证号应为 18 位，现在是 {length} 位，请核对原件。",
    "id_old_15": "这是 15 位的旧身份证号，请按现在的身份证填写 18 位号码。",
    "id_characters": "身份证号只能是数字，最后一位可以是 X，请核对原件。",
    "id_date": "身份证号里的出生日期不存在（{text}），请核对原件。",
    "id_checksum": "身份证号校验不符，可能有一位输错了，请对照原件逐位核对。",
    "id_region": "身份证号前 6 位（{text}）不在行政区划目录里，请核对；确实如此可以确认后继续。",
    "phone_format": "手机号码应为 1 开头的 11 位数字，现在是“{text}”。",
    "postal_code_format": "邮政编码应为 6 位数字。",
    "card_length": "银行卡号应为 12 到 19 位数字，现在是 {length} 位。",
    "card_characters": "银行卡号只能是数字，请核对银行卡。",
    "card_checksum": "银行卡号校验不符，可能有一位输错了，请对照银行卡核对；确实无误可以确认后继续。",
    "reimbursed_more": "已报销和已获赔偿加起来超过了总金额，请对照票据核对。",
    "text_too_long": "{label}超过 {limit} 个字，请精简。",
    "name_characters": "姓名里有数字或符号“{text}”，请核对。",
    "unknown_region_value": "“{text}”不是行政区划代码，也不是唯一的地名，请填 6 位代码，如 340882。",
    # several fields
    "birth_differs_from_id": "出生日期“{text}”与身份证号（{known}）不一致，已按身份证号改正。",
    "sex_differs_from_id": "性别“{text}”与身份证号（{known}）不一致，已按身份证号改正。",
    "work_before_birth": "参加工作时间早于出生日期，请核对。",
    "work_before_16": "参加工作时间不满 16 周岁（出生 {known}），请核对；确实如此可以确认后继续。",
    "household_size_differs": "家庭人口填 {text} 人，本人加家庭成员是 {known} 人，请核对或说明原因。",
    "income_differs": "与各项合计 {known} 元相差 {text} 元，请核对或说明原因。",
    "same_person_twice": "“{text}”的身份证号在本表里出现了两次，请核对。",
    "secondary_repeats_main": "次要致困原因与主要致困原因重复，请去掉一个。",
    "cause_missing": "还没有选主要致困原因。表上没有星号，但上报后多半会被退回，请尽量选上。",
    "too_many_causes": "次要致困原因最多选 3 项。",
    "worker_has_archive": "此人已有档案 {number}（{office}），一人只能建一份档案。请打开那份档案修改。",
    "worker_is_member": "此人已是档案 {number}（户主 {name}，{office}）的家庭成员，请先核对是否同一户。",
    "member_has_archive": "“{text}”自己已建档案 {number}（{office}），请核对是否应合为一户。",
    "member_elsewhere": "“{text}”已是档案 {number}（户主 {name}，{office}）的家庭成员，请核对。",
}


_LONGEST_QUOTE = 60


def sentence(code: str, context: dict[str, object]) -> str:
    """The Chinese sentence of *code*. What is quoted is cut before it hides what to do.

    File names of a foreign stick may hold half characters, which no console can write: they become question marks.
    """
    for key in ("text", "name", "where", "key", "pack", "sender"):
        quoted = context.get(key)
        if isinstance(quoted, str) and (len(quoted) > _LONGEST_QUOTE or not quoted.isprintable()):
            plain = "".join(sign if sign.isprintable() or "\ud800" <= sign <= "\udfff" else " " for sign in quoted)
            context = {**context, key: plain[:_LONGEST_QUOTE] + ("…" if len(plain) > _LONGEST_QUOTE else "")}
    return CATALOGUE[code].format(**context).encode("utf-8", "replace").decode()


class NuandangError(Exception):
    """An expected failure with a sentence for the clerk; *code* is stable, *context* fills the template."""

    def __init__(self, code: str, **context: object) -> None:
        super().__init__(code)
        self.code = code
        self.context = context

    def text(self) -> str:
        """The whole Chinese sentence to show."""
        return sentence(self.code, self.context)

    def __str__(self) -> str:
        return self.text()


class UserError(NuandangError):
    """The clerk can put it right."""


class MachineError(NuandangError):
    """The machine stands in the way: disk full, stick gone, newer or damaged data."""


class Cancelled(Exception):  # noqa: N818 - it is a request, not an error
    """The clerk cancelled a long operation; nothing was kept half done."""
