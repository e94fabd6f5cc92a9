import SlipwayTool

await Tool.main()
