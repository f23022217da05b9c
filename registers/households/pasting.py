"""What the columns and answers of a table of household members are usually called, beside the labels of the form."""

from __future__ import annotations

from engine.forms.pasting import Words

_RELATIONS = {
    "spouse": ("配偶", "妻子", "妻", "丈夫", "夫", "夫妻", "老伴", "爱人", "媳妇"),
    "child": (
        "子女",
        "儿子",
        "女儿",
        "子",
        "女",
        "长子",
        "次子",
        "三子",
        "四子",
        "五子",
        "长女",
        "次女",
        "三女",
        "四女",
        "五女",
        "大儿子",
        "二儿子",
        "大女儿",
        "二女儿",
        "独生子",
        "独生女",
        "养子",
        "养女",
        "继子",
        "继女",
    ),
    "parent": ("父母", "父亲", "母亲", "父", "母", "爸爸", "妈妈", "养父", "养母", "继父", "继母"),
    "grandchild": ("孙子女", "孙子", "孙女", "外孙", "外孙子", "外孙女", "长孙", "次孙"),
    "grandparent": ("祖父母", "祖父", "祖母", "爷爷", "奶奶", "外祖父", "外祖母", "外公", "外婆", "姥爷", "姥姥"),
    "sibling": ("兄弟姐妹", "兄", "弟", "姐", "妹", "哥哥", "弟弟", "姐姐", "妹妹", "兄弟", "姐妹", "兄妹", "姐弟"),
    "other": ("其他", "儿媳", "女婿", "公公", "婆婆", "岳父", "岳母", "侄子", "侄女", "外甥", "外甥女", "其它"),
}
_HEALTH = {
    "healthy": ("健康", "良好", "健康或良好", "一般"),
    "weak": ("体弱", "较弱", "年老体弱"),
    "chronic": ("慢性病", "长期慢性病", "有慢性病"),
    "serious": ("重病", "大病", "重大疾病", "患有大病"),
}
_DISABILITY = {
    "none": ("无", "没有", "否", "无残疾", "非残疾", "健全"),
    "1": ("一级", "1级", "壹级"),
    "2": ("二级", "2级", "贰级"),
    "3": ("三级", "3级", "叁级"),
    "4": ("四级", "4级", "肆级"),
}
_KINDS = {
    "limb": ("肢体", "肢体残疾"),
    "sight": ("视力", "视力残疾"),
    "hearing": ("听力", "听力残疾"),
    "speech": ("言语", "言语残疾"),
    "intellectual": ("智力", "智力残疾"),
    "mental": ("精神", "精神残疾"),
    "multiple": ("多重", "多重残疾"),
}
_WORK = {
    "employed": ("在职", "就业", "务工", "外出务工", "打工", "正式就业"),
    "flexible": ("灵活就业", "零工", "打零工"),
    "farming": ("务农", "种地", "农民"),
    "student": ("学生", "在校", "在校生", "上学", "就学", "在校学生"),
    "unemployed": ("失业", "待业", "未就业", "无业"),
    "unable": ("无劳动能力", "丧失劳动能力"),
    "other": ("其他", "其它", "学龄前", "退休"),
}


def _turned(given: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: value for value, names in given.items() for name in names}


MEMBERS = Words(
    heads={
        "name": ("姓名", "成员姓名", "家庭成员姓名", "名字"),
        "id_number": ("身份证号", "身份证号码", "身份证", "公民身份号码", "公民身份证号", "证件号码", "证件号"),
        "relation": (
            "关系", "与申请人关系", "与户主关系", "与申请人的关系", "与户主的关系", "家庭关系", "成员关系", "称谓",
        ),
        "health": ("健康状况", "健康", "身体状况"),
        "disability": ("残疾等级", "残疾级别", "残疾情况", "残疾"),
        "disability_kind": ("残疾类别", "残疾类型"),
        "work": ("就业就学状况", "就业状况", "职业", "就业", "从业状况", "劳动状况"),
        "work_place": ("单位或学校", "工作单位", "单位", "学校", "就读学校", "工作单位或学校", "工作单位或就读学校"),
    },
    answers={
        "relation": _turned(_RELATIONS),
        "health": _turned(_HEALTH),
        "disability": _turned(_DISABILITY),
        "disability_kind": _turned(_KINDS),
        "work": _turned(_WORK),
    },
    checked={
        "sex": ("性别",),
        "birth": ("出生日期", "出生年月", "出生年月日", "生日"),
        "age": ("年龄", "周岁"),
    },
    self_key="relation",
    self_names=("本人", "户主", "申请人", "户主本人", "申请人本人"),
    ignored=("序号", "编号", "行号"),
)  # fmt: skip
